import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VitalValues } from "../contract/parts.ts";
import { News2 } from "../contract/parts.ts";
import { news2 } from "./news2.ts";
import type { News2Context } from "./news2.ts";

/**
 * The chart itself, written out value by value from RCP NEWS2 2017 chart 1: for each parameter, every first and last
 * value of every cell and its score. Nothing here is taken from the code under test.
 */
const CHART = {
  respiratoryRate:
    "0=3 7=3 8=3 9=1 10=1 11=1 12=0 13=0 19=0 20=0 21=2 22=2 23=2 24=2 25=3 26=3 60=3",
  spo2Scale1: "50=3 90=3 91=3 92=2 93=2 94=1 95=1 96=0 97=0 99=0 100=0",
  spo2Scale2OnAir:
    "50=3 82=3 83=3 84=2 85=2 86=1 87=1 88=0 89=0 91=0 92=0 93=0 94=0 95=0 96=0 97=0 100=0",
  spo2Scale2OnOxygen: "50=3 83=3 84=2 85=2 86=1 87=1 88=0 92=0 93=1 94=1 95=2 96=2 97=3 98=3 100=3",
  systolic:
    "0=3 50=3 89=3 90=3 91=2 99=2 100=2 101=1 109=1 110=1 111=0 112=0 218=0 219=0 220=3 221=3 300=3",
  pulse:
    "0=3 39=3 40=3 41=1 42=1 49=1 50=1 51=0 52=0 89=0 90=0 91=1 109=1 110=1 111=2 129=2 130=2 131=3 132=3 220=3",
  temperature:
    "30=3 34.9=3 35=3 35.1=1 35.2=1 35.9=1 36=1 36.1=0 37=0 37.9=0 38=0 38.1=1 38.9=1 39=1 39.1=2 39.2=2 42=2",
} as const;

const WELL: VitalValues = {
  respiratoryRate: 16,
  spo2: 98,
  oxygenFlow: 0,
  systolic: 120,
  diastolic: 75,
  pulse: 70,
  consciousness: "A",
  temperature: 37,
};
const ADULT: News2Context = { ageYears: 60, pregnant: false, spo2Scale: 1 };
const SCALE_2: News2Context = { ...ADULT, spo2Scale: 2 };

const cells = (row: string): [value: number, score: number][] =>
  row.split(" ").map((cell) => {
    const [value, score] = cell.split("=");
    return [Number(value), Number(score)];
  });

describe("every cell of the chart", () => {
  test.each(cells(CHART.respiratoryRate))("a respiratory rate of %d scores %d", (value, score) => {
    expect(news2({ ...WELL, respiratoryRate: value }, ADULT).parts.respiratoryRate).toBe(score);
  });
  test.each(cells(CHART.spo2Scale1))(
    "on scale 1 a saturation of %d %% scores %d",
    (value, score) => {
      expect(news2({ ...WELL, spo2: value }, ADULT).parts.spo2).toBe(score);
      expect(news2({ ...WELL, spo2: value, oxygenFlow: 4 }, ADULT).parts.spo2).toBe(score);
    },
  );
  test.each(cells(CHART.spo2Scale2OnAir))(
    "on scale 2, on air, a saturation of %d %% scores %d",
    (value, score) => {
      expect(news2({ ...WELL, spo2: value }, SCALE_2).parts.spo2).toBe(score);
    },
  );
  test.each(cells(CHART.spo2Scale2OnOxygen))(
    "on scale 2, on oxygen, a saturation of %d %% scores %d",
    (value, score) => {
      expect(news2({ ...WELL, spo2: value, oxygenFlow: 2 }, SCALE_2).parts.spo2).toBe(score);
    },
  );
  test.each(cells(CHART.systolic))("a systolic pressure of %d scores %d", (value, score) => {
    expect(news2({ ...WELL, systolic: value }, ADULT).parts.systolic).toBe(score);
  });
  test.each(cells(CHART.pulse))("a pulse of %d scores %d", (value, score) => {
    expect(news2({ ...WELL, pulse: value }, ADULT).parts.pulse).toBe(score);
  });
  test.each(cells(CHART.temperature))("a temperature of %d °C scores %d", (value, score) => {
    expect(news2({ ...WELL, temperature: value }, ADULT).parts.temperature).toBe(score);
  });
  test.each([
    [0, 0],
    [0.5, 2],
    [1, 2],
    [15, 2],
    [60, 2],
  ])("%d litres of oxygen score %d", (flow, score) => {
    expect(news2({ ...WELL, oxygenFlow: flow }, ADULT).parts.oxygen).toBe(score);
  });
  test.each([
    ["A", 0],
    ["C", 3],
    ["V", 3],
    ["P", 3],
    ["U", 3],
  ] as const)("consciousness %s scores %d", (level, score) => {
    expect(news2({ ...WELL, consciousness: level }, ADULT).parts.consciousness).toBe(score);
  });
});

describe("the total and the risk it means", () => {
  test("a well adult scores 0, low risk", () => {
    expect(news2(WELL, ADULT)).toMatchObject({ total: 0, without: null, missing: [], risk: "low" });
  });
  test("the worst of everything scores 20, the most there is", () => {
    const worst: VitalValues = {
      ...WELL,
      respiratoryRate: 30,
      spo2: 80,
      oxygenFlow: 15,
      systolic: 70,
      pulse: 150,
      consciousness: "U",
      temperature: 34,
    };
    expect(news2(worst, ADULT)).toMatchObject({ total: 20, risk: "high" });
  });
  test.each([
    ["4 without any 3", { respiratoryRate: 22, pulse: 95, temperature: 38.5 }, 4, "low"],
    ["3 in one parameter alone", { respiratoryRate: 25 }, 3, "single-3"],
    ["4 with a 3 in it", { respiratoryRate: 25, pulse: 95 }, 4, "single-3"],
    ["5", { respiratoryRate: 22, pulse: 95, oxygenFlow: 2 }, 5, "medium"],
    ["5 with a 3 in it", { respiratoryRate: 25, oxygenFlow: 2 }, 5, "medium"],
    ["6", { respiratoryRate: 22, pulse: 115, oxygenFlow: 2 }, 6, "medium"],
    ["7", { respiratoryRate: 22, pulse: 115, oxygenFlow: 2, temperature: 38.5 }, 7, "high"],
  ] as const)("%s", (_name, change, total, risk) => {
    expect(news2({ ...WELL, ...change }, ADULT)).toMatchObject({ total, risk });
  });
});

describe("where there is no total", () => {
  test("a child of 15 has none, and it says so; at 16 there is one", () => {
    expect(news2(WELL, { ...ADULT, ageYears: 15 })).toMatchObject({
      total: null,
      without: "under-16",
      risk: null,
    });
    expect(news2(WELL, { ...ADULT, ageYears: 16 }).total).toBe(0);
  });
  test("in pregnancy there is none", () => {
    expect(news2(WELL, { ...ADULT, pregnant: true })).toMatchObject({
      total: null,
      without: "pregnant",
    });
  });
  test("without a birth date there is none", () => {
    expect(news2(WELL, { ...ADULT, ageYears: null })).toMatchObject({
      total: null,
      without: "age-unknown",
    });
  });
  test.each([
    "respiratoryRate",
    "spo2",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
  ] as const)("a set without %s has none and names what is missing", (name) => {
    const result = news2({ ...WELL, [name]: null }, ADULT);
    expect(result).toMatchObject({
      total: null,
      without: "incomplete",
      missing: [name],
      risk: null,
    });
    expect(Object.keys(result.parts)).toHaveLength(6);
  });
  test("not knowing whether there is oxygen is not the same as room air", () => {
    expect(news2({ ...WELL, oxygenFlow: null }, ADULT)).toMatchObject({
      total: null,
      missing: ["oxygen"],
    });
  });
  test("on scale 2 a saturation above target cannot be scored without knowing about oxygen, one below can", () => {
    expect(news2({ ...WELL, oxygenFlow: null }, SCALE_2).missing).toEqual(["spo2", "oxygen"]);
    expect(news2({ ...WELL, spo2: 87, oxygenFlow: null }, SCALE_2).parts.spo2).toBe(1);
  });
  test("a missing diastolic pressure is no gap: NEWS2 does not use it", () => {
    expect(news2({ ...WELL, diastolic: null }, ADULT).total).toBe(0);
  });
  test("a value no device can measure counts as missing, not as normal", () => {
    expect(news2({ ...WELL, spo2: 980 }, ADULT)).toMatchObject({ total: null, missing: ["spo2"] });
    expect(news2({ ...WELL, temperature: 98.6 }, ADULT).missing).toEqual(["temperature"]);
    expect(news2({ ...WELL, pulse: Number.NaN }, ADULT).missing).toEqual(["pulse"]);
  });
  test("values between the chart's steps are rounded to them", () => {
    expect(news2({ ...WELL, temperature: 38.04 }, ADULT).parts.temperature).toBe(0);
    expect(news2({ ...WELL, temperature: 38.06 }, ADULT).parts.temperature).toBe(1);
    expect(news2({ ...WELL, spo2: 95.4 }, ADULT).parts.spo2).toBe(1);
  });
});

const anyValues: fc.Arbitrary<VitalValues> = fc.record({
  respiratoryRate: fc.option(fc.integer({ min: 0, max: 99 })),
  spo2: fc.option(fc.integer({ min: 1, max: 100 })),
  oxygenFlow: fc.option(fc.integer({ min: 0, max: 20 })),
  systolic: fc.option(fc.integer({ min: 0, max: 300 })),
  diastolic: fc.option(fc.integer({ min: 0, max: 200 })),
  pulse: fc.option(fc.integer({ min: 0, max: 300 })),
  consciousness: fc.option(fc.constantFrom("A", "C", "V", "P", "U")),
  temperature: fc.option(fc.integer({ min: 250, max: 450 }).map((tenths) => tenths / 10)),
});
const anyContext: fc.Arbitrary<News2Context> = fc.record({
  ageYears: fc.option(fc.integer({ min: 0, max: 110 })),
  pregnant: fc.boolean(),
  spo2Scale: fc.constantFrom(1, 2),
});

describe("for any set", () => {
  test("the result is a valid one, its total is the sum of its seven parts, and no total comes without a reason", () => {
    fc.assert(
      fc.property(anyValues, anyContext, (values, context) => {
        const result = news2(values, context);
        expect(News2.safeParse(result).success).toBe(true);
        expect((result.total === null) === (result.without !== null)).toBe(true);
        expect(Object.keys(result.parts).length + result.missing.length).toBe(7);
        const sum = Object.values(result.parts).reduce((all, part) => all + part, 0);
        expect([null, sum]).toContain(result.total);
        expect(result.total === null || result.missing.length === 0).toBe(true);
      }),
    );
  });

  const OPTIMUM = { respiratoryRate: 16, systolic: 150, pulse: 70, temperature: 37 } as const;
  test("moving away from normal never lowers a score", () => {
    const result = fc.check(
      fc.property(
        fc.constantFrom(...(["respiratoryRate", "systolic", "pulse", "temperature"] as const)),
        fc.nat(250),
        fc.nat(20),
        fc.boolean(),
        (name, away, further, up) => {
          const step = (name === "temperature" ? 0.1 : 1) * (up ? 1 : -1);
          const near = OPTIMUM[name] + away * step;
          const far = near + further * step;
          const score = (value: number) => news2({ ...WELL, [name]: value }, ADULT).parts[name];
          const [a, b] = [score(near), score(far)];
          // Outside what can be measured there is no score at all.
          return a === undefined || b === undefined || b >= a;
        },
      ),
    );
    expect(result.counterexample).toBeNull();
  });
});
