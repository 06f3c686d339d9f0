import fc from "fast-check";
import { expect, test } from "vitest";
import { checkVitals, readVitals } from "../../../shared/clinical/index.ts";
import type { VitalValues } from "../../../shared/contract/index.ts";
import { makeVitalsAct } from "./vitals-act.ts";

const AT = "2026-11-23T20:00:00+03:00";
const whole = (min: number, max: number) => fc.option(fc.integer({ min, max }));
const anySet: fc.Arbitrary<VitalValues> = fc.record({
  respiratoryRate: whole(0, 99),
  spo2: whole(1, 100),
  oxygenFlow: fc.option(fc.integer({ min: 0, max: 300 }).map((parts) => parts / 4)),
  systolic: whole(100, 300),
  diastolic: whole(0, 99),
  pulse: whole(0, 300),
  consciousness: fc.option(fc.constantFrom("A", "C", "V", "P", "U")),
  temperature: fc.option(fc.integer({ min: 200, max: 460 }).map((tenths) => tenths / 10)),
});

test("whatever set can be saved, what is charted reads back as exactly that set", () => {
  fc.assert(
    fc.property(anySet, (values) => {
      const confirmed = [
        "respiratoryRate",
        "spo2",
        "oxygenFlow",
        "systolic",
        "diastolic",
        "pulse",
        "temperature",
      ] as const;
      fc.pre(checkVitals({ values, at: AT, now: AT, confirmed }).length === 0);
      const act = makeVitalsAct({
        uuid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        patient: "p",
        encounter: "e",
        author: "n",
        workstation: "w",
        at: AT,
        values,
      });
      const sets = readVitals(act.entries.map((entry) => entry.resource));
      expect(sets.map((set) => [set.at, set.values, set.performer])).toEqual([[AT, values, "n"]]);
    }),
  );
});
