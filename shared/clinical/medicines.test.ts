import { describe, expect, test } from "vitest";
import { DO_NOT_PERFORM } from "./how-often.ts";
import { readMedicines } from "./medicines.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const order = (dosage: object, change: object = {}) => ({
  resourceType: "MedicationRequest",
  id: "o",
  status: "active",
  intent: "order",
  medicationCodeableConcept: { text: "Paracetamol 1 g tablet" },
  dosageInstruction: [dosage],
  ...change,
});
const given = (at: string, status = "completed") => ({
  resourceType: "MedicationAdministration",
  id: at,
  status,
  request: { reference: "MedicationRequest/o" },
  effectiveDateTime: at,
});
const read = (resource: object, administrations: object[] = [], now = NOW, answersKnown = true) =>
  readMedicines([resource], administrations, { now, answersKnown })[0];
const due = (dosage: object, administrations: object[] = [], now = NOW) => {
  const one = read(order(dosage), administrations, now);
  return [one?.nextDue, one?.overdue];
};

const TWICE = {
  timing: {
    repeat: { frequency: 2, period: 1, periodUnit: "d", timeOfDay: ["08:00:00", "20:30:00"] },
  },
};
const EVERY_6_H = { timing: { repeat: { frequency: 1, period: 6, periodUnit: "h" } } };

describe("what is ordered", () => {
  test("is shown exactly as ordered, with dose, route and frequency", () => {
    const dosage = {
      ...TWICE,
      text: "1 g by mouth twice a day, not with warfarin",
      route: { text: "by mouth" },
      doseAndRate: [{ doseQuantity: { value: 1, unit: "g" } }],
    };
    expect(read(order(dosage))).toMatchObject({
      medicine: "Paracetamol 1 g tablet",
      dose: "1 g",
      route: "by mouth",
      frequency: [{ signs: "2× / 1 d (08:00, 20:30)", asNeeded: null }],
      instructions: "1 g by mouth twice a day, not with warfarin",
      status: "active",
    });
  });
  test.each([
    [{ value: 100, unit: "ug" }, "100 micrograms"],
    [{ value: 100, unit: "mcg", code: "ug" }, "100 micrograms"],
    [{ value: 100, code: "ug" }, "100 micrograms"],
    [{ value: 100, unit: "\u00b5g" }, "100 micrograms"],
    [{ value: 100, unit: "\u03bcg" }, "100 micrograms"],
    [{ value: 0.5, unit: "ng" }, "0.5 nanograms"],
    [{ value: 10, code: "[iU]" }, "10 units"],
    [{ value: 10, unit: "U" }, "10 units"],
    [{ value: 2.5, unit: "mg" }, "2.5 mg"],
    [{ value: 3, unit: "UG" }, "3 UG"],
  ])("a unit that is misread in short is spelt out: %j", (doseQuantity, shown) => {
    expect(read(order({ doseAndRate: [{ doseQuantity }] }))?.dose).toBe(shown);
  });

  test("keeps its name from a display, a contained Medication, or the bare code", () => {
    const named = (change: object) =>
      read(order({}, { medicationCodeableConcept: undefined, ...change }))?.medicine;
    expect(named({ medicationReference: { reference: "Medication/1", display: "Insulin" } })).toBe(
      "Insulin",
    );
    expect(
      named({
        medicationReference: { reference: "#m" },
        contained: [{ resourceType: "Medication", id: "m", code: { text: "Heparin" } }],
      }),
    ).toBe("Heparin");
    expect(
      named({
        medicationCodeableConcept: {
          coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: "1037045" }],
        },
      }),
    ).toBe("1037045 (http://www.nlm.nih.gov/research/umls/rxnorm)");
  });
  test.each([
    [{ status: "entered-in-error" }, undefined],
    [{ intent: "plan" }, "other"],
    [{ doNotPerform: true }, "other"],
    [{ status: "on-hold" }, "on-hold"],
    [{ status: "draft" }, "other"],
  ])("%j is never an active order and never due", (change, status) => {
    const one = read(order(TWICE, change));
    expect([one?.status, one?.nextDue ?? null]).toEqual([status, null]);
  });
  test("an order not to give says so", () => {
    expect(read(order(TWICE, { doNotPerform: true }))?.frequency).toEqual([DO_NOT_PERFORM]);
  });
});

describe("when the next dose is due", () => {
  test("by the clock of the ward: next in half an hour when this morning's was given", () => {
    expect(due(TWICE, [given("2026-11-23T08:10:00+03:00")])).toEqual([
      "2026-11-23T20:30:00+03:00",
      false,
    ]);
  });
  test("a morning dose nobody gave is overdue", () => {
    expect(due(TWICE)).toEqual(["2026-11-23T08:00:00+03:00", true]);
  });
  test("nothing was due before it was ordered", () => {
    const one = read(order(TWICE, { authoredOn: "2026-11-23T09:00:00+03:00" }));
    expect([one?.nextDue, one?.overdue]).toEqual(["2026-11-23T20:30:00+03:00", false]);
  });
  test("a recorded decision not to give is an answer, but not a dose given", () => {
    const one = read(order(TWICE), [given("2026-11-23T08:10:00+03:00", "not-done")]);
    expect([one?.overdue, one?.lastGiven]).toEqual([false, null]);
  });
  test("an administration entered in error answers nothing", () => {
    expect(due(TWICE, [given("2026-11-23T08:10:00+03:00", "entered-in-error")])[1]).toBe(true);
  });
  test("given half an hour early it is given, and the next is tomorrow's", () => {
    expect(due(TWICE, [given("2026-11-23T20:00:00+03:00")])).toEqual([
      "2026-11-24T08:00:00+03:00",
      false,
    ]);
  });
  test("in another zone the wall clock is that zone's", () => {
    expect(due(TWICE, [], "2026-11-23T07:00:00+00:00")[0]).toBe("2026-11-22T20:30:00+00:00");
  });
  test("at the very moments ordered", () => {
    const events = {
      timing: {
        event: ["2026-11-23T14:00:00+03:00", "2026-11-23T22:00:00+03:00"],
        repeat: { frequency: 2, period: 1, periodUnit: "d" },
      },
    };
    expect(due(events)).toEqual(["2026-11-23T14:00:00+03:00", true]);
    expect(due(events, [given("2026-11-23T14:20:00+03:00")])).toEqual([
      "2026-11-23T22:00:00+03:00",
      false,
    ]);
  });
  test("every six hours counts from the last dose, or from the start of the order", () => {
    expect(due(EVERY_6_H, [given("2026-11-23T16:00:00+03:00")])).toEqual([
      "2026-11-23T22:00:00+03:00",
      false,
    ]);
    expect(due(EVERY_6_H, [given("2026-11-23T13:00:00+03:00")])).toEqual([
      "2026-11-23T19:00:00+03:00",
      true,
    ]);
    const started = {
      timing: {
        repeat: {
          ...EVERY_6_H.timing.repeat,
          boundsPeriod: { start: "2026-11-23T17:00:00+03:00" },
        },
      },
    };
    expect(due(started)).toEqual(["2026-11-23T17:00:00+03:00", true]);
  });
  test.each([
    ["every six hours, never given, no start", EVERY_6_H],
    [
      "three times a day without hours",
      { timing: { repeat: { frequency: 3, period: 1, periodUnit: "d" } } },
    ],
    [
      "with meals",
      { timing: { repeat: { frequency: 1, period: 1, periodUnit: "d", when: ["CM"] } } },
    ],
    ["in words only", { text: "as directed" }],
    ["as needed, though with an interval", { ...EVERY_6_H, asNeededBoolean: true }],
    [
      "after its end",
      {
        timing: {
          repeat: { ...TWICE.timing.repeat, boundsPeriod: { end: "2026-11-20T00:00:00+03:00" } },
        },
      },
    ],
    [
      "clock times every other day, without saying which",
      { timing: { repeat: { period: 2, periodUnit: "d", timeOfDay: ["08:00:00"] } } },
    ],
  ])("%s: no time is guessed", (_name, dosage) => {
    expect(due(dosage)).toEqual([null, false]);
  });
  test("a weekly dose is due on its day only", () => {
    const weekly = {
      timing: {
        repeat: {
          frequency: 1,
          period: 1,
          periodUnit: "wk",
          dayOfWeek: ["wed"],
          timeOfDay: ["08:00:00"],
        },
      },
    };
    expect(due(weekly)).toEqual(["2026-11-25T08:00:00+03:00", false]);
  });
  test("a course of a counted number of doses ends", () => {
    const counted = { timing: { repeat: { ...TWICE.timing.repeat, count: 1 } } };
    expect(due(counted, [given("2026-11-22T08:00:00+03:00")])).toEqual([null, false]);
  });
  test("while administrations are not loaded nothing is called overdue", () => {
    expect(read(order(TWICE), [], NOW, false)).toMatchObject({
      nextDue: "2026-11-23T08:00:00+03:00",
      overdue: false,
    });
  });
});
