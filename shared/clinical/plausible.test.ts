import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VitalValues } from "../contract/parts.ts";
import { VITAL_LIMITS } from "./limits.ts";
import { checkVitals } from "./plausible.ts";
import { NO_VALUES } from "./vitals.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const check = (values: Partial<VitalValues>, confirmed: (keyof VitalValues)[] = [], at = NOW) =>
  checkVitals({ values: { ...NO_VALUES, ...values }, at, now: NOW, confirmed });

describe("the vitals form", () => {
  test("takes a normal set", () => {
    expect(
      check({
        pulse: 80,
        systolic: 120,
        diastolic: 80,
        temperature: 36.8,
        spo2: 98,
        oxygenFlow: 0,
        respiratoryRate: 16,
        consciousness: "A",
      }),
    ).toEqual([]);
  });
  test("asks to look again at an odd value, and takes it once confirmed", () => {
    expect(check({ pulse: 190 })).toEqual([{ field: "pulse", problem: "implausible" }]);
    expect(check({ pulse: 190 }, ["pulse"])).toEqual([]);
    expect(check({ pulse: 190, spo2: 60 }, ["pulse"])).toEqual([
      { field: "spo2", problem: "implausible" },
    ]);
  });
  test("never takes what cannot be measured, confirmed or not", () => {
    expect(check({ spo2: 980 }, ["spo2"])).toEqual([{ field: "spo2", problem: "out-of-range" }]);
    expect(check({ temperature: 98.6 }, ["temperature"])).toEqual([
      { field: "temperature", problem: "out-of-range" },
    ]);
    expect(check({ pulse: Number.NaN }, ["pulse"])).toEqual([
      { field: "pulse", problem: "out-of-range" },
    ]);
  });
  test("never takes a diastolic pressure that is not below the systolic", () => {
    expect(check({ systolic: 80, diastolic: 120 }, ["diastolic"])).toEqual([
      { field: "diastolic", problem: "out-of-range" },
    ]);
    expect(check({ systolic: 90, diastolic: 90 })).toEqual([
      { field: "diastolic", problem: "out-of-range" },
    ]);
  });
  test("needs at least one value; consciousness alone is one", () => {
    expect(check({})).toEqual([{ field: "set", problem: "empty" }]);
    expect(check({ consciousness: "U" })).toEqual([]);
  });
  test.each([
    ["2026-11-23T20:05:00+03:00", "future"],
    ["2026-11-22T19:59:00+03:00", "too-old"],
    ["yesterday", "out-of-range"],
  ])("does not take the time %s", (at, problem) => {
    expect(check({ pulse: 80 }, [], at)).toEqual([{ field: "at", problem }]);
  });
  test("takes a time a minute ahead of this PC's clock, and one in another zone", () => {
    expect(check({ pulse: 80 }, [], "2026-11-23T20:01:00+03:00")).toEqual([]);
    expect(check({ pulse: 80 }, [], "2026-11-23T17:00:00Z")).toEqual([]);
  });
  test("every plausible range lies within its hard one", () => {
    for (const { hard, plausible } of Object.values(VITAL_LIMITS)) {
      expect(
        hard[0] <= plausible[0] && plausible[0] < plausible[1] && plausible[1] <= hard[1],
      ).toBe(true);
    }
  });
  test("confirming everything never lets an impossible value through", () => {
    const names = Object.keys(VITAL_LIMITS) as (keyof typeof VITAL_LIMITS)[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.double({ noNaN: true }), (name, value) => {
        const [low, high] = VITAL_LIMITS[name].hard;
        expect(check({ [name]: value }, names).length === 0).toBe(value >= low && value <= high);
      }),
    );
  });
});
