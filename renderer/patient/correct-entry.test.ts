import { expect, test } from "vitest";
import { readKept, type VitalSet, type VitalValues, writeKept } from "../app/index.ts";
import { type Correction, correctionOf, emptyCorrection, keptCorrection } from "./correct-entry.ts";

const typed: Correction = {
  typed: { pulse: "88", systolic: "12" },
  consciousness: "V",
  wrong: ["temperature", "spo2"],
  confirmed: ["systolic"],
  reason: "read from the wrong monitor",
};

test("a correction that was being typed comes back, except that an odd value is right: that is said anew", () => {
  const kept = writeKept(typed, keptCorrection);
  const back = readKept(kept ?? "", keptCorrection);
  expect(back).toEqual({ ...typed, wrong: ["spo2", "temperature"], confirmed: [] });
});

test("a correction in which nothing was typed is no draft", () => {
  expect(writeKept(emptyCorrection, keptCorrection)).toBeNull();
  expect(writeKept({ ...emptyCorrection, confirmed: ["pulse"] }, keptCorrection)).toBeNull();
});

test("a kept correction that is damaged comes back with what can be read, and with nothing invented", () => {
  const damaged = {
    typed: { pulse: 88, spo2: "96", mood: "good" },
    consciousness: "asleep",
    wrong: "all",
  };
  expect(readKept(JSON.stringify(damaged), keptCorrection)).toEqual({
    ...emptyCorrection,
    typed: { spo2: "96" },
  });
});

const VALUES: VitalValues = {
  respiratoryRate: 16,
  spo2: 96,
  oxygenFlow: 0,
  systolic: 120,
  diastolic: 80,
  pulse: 188,
  consciousness: "A",
  temperature: 37,
};
const set: Pick<VitalSet, "values"> = { values: VALUES };
const corrected = (change: Partial<Correction>) =>
  correctionOf(set as VitalSet, { ...emptyCorrection, ...change });

test.each([
  ["one value", { typed: { pulse: "88" } }, { pulse: 88 }],
  ["a value typed as it was charted", { typed: { pulse: "188" } }, {}],
  [
    "half a blood pressure: the other half is judged with it",
    { typed: { systolic: "110" } },
    { systolic: 110, diastolic: 80 },
  ],
  ["consciousness", { consciousness: "V" }, { consciousness: "V" }],
  ["nothing", {}, {}],
] as const)("what is put right of a set: %s", (_what, change, values) => {
  const found = corrected(change);
  expect(found.values).toEqual(values);
  expect(found.isEmpty).toBe(Object.keys(values).length === 0);
});

test("a blood pressure is in error as a whole, and what is in error is not put right as well", () => {
  expect(corrected({ wrong: ["systolic"], typed: { diastolic: "70" } })).toEqual({
    values: {},
    wrong: ["systolic", "diastolic"],
    notNumbers: [],
    isEmpty: false,
  });
});

test("what is no number is not taken for one", () => {
  expect(corrected({ typed: { pulse: "8o" } })).toMatchObject({
    values: {},
    notNumbers: ["pulse"],
    isEmpty: false,
  });
});
