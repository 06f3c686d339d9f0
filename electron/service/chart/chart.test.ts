import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutboxEntry, PatientView, WardBoard } from "../../../shared/contract/index.ts";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { CARD_VERSION, makeCard, parseCard } from "./card.ts";
import { outboxEntries } from "./outbox-entries.ts";
import { patientView } from "./patient-view.ts";
import {
  actRow,
  allergy,
  bed,
  memoryHospital,
  NOW,
  order,
  patient,
  vitals,
  vitalsAct,
  WARD,
} from "./testing.ts";
import { wardBoard } from "./ward-board.ts";

const rowOf = (hospital: ReturnType<typeof memoryHospital>, id: string) =>
  wardBoard(hospital.sources(), WARD).rows.find((row) => row.patient === id);
const viewOf = (hospital: ReturnType<typeof memoryHospital>, id = "p1") => {
  const view = patientView(hospital.sources(), id);
  if (view === null) throw new Error("not in the cache");
  return view;
};

describe("the ward board", () => {
  test("has a row for every bed in the order of the corridor, empty ones too", () => {
    const hospital = memoryHospital({ beds: ["Bed 10", "Bed 2", "Bed 1"] });
    hospital.admit(patient("p1"), bed("Bed 2"));
    const board = wardBoard(hospital.sources(), undefined);
    expect(WardBoard.parse(board)).toEqual(board);
    expect(board.ward).toEqual({ id: WARD, name: "Medical 1", nameAr: "باطنية 1" });
    expect(board.rows.map((row) => [row.bed, row.name?.family ?? null])).toEqual([
      ["Bed 1", null],
      ["Bed 2", "Family p1"],
      ["Bed 10", null],
    ]);
  });
  test("shows two patients in one bed both, and one without a bed last", () => {
    const hospital = memoryHospital({ beds: ["Bed 1"] });
    hospital.admit(patient("p1"), bed("Bed 1"));
    hospital.admit(patient("p2"), bed("Bed 1"));
    hospital.admit(patient("p3"), null);
    const { rows } = wardBoard(hospital.sources(), WARD);
    expect(rows.map((row) => [row.bed, row.patient])).toEqual([
      ["Bed 1", "p1"],
      ["Bed 1", "p2"],
      ["", "p3"],
    ]);
  });
  test("gives the score of the latest set, and how it moved", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [
      ...vitals("2026-11-23T10:00:00+03:00", { respiratoryRate: 18 }),
      ...vitals("2026-11-23T18:00:00+03:00", { respiratoryRate: 26 }),
    ]);
    expect(rowOf(hospital, "p1")?.news2).toMatchObject({
      at: "2026-11-23T18:00:00+03:00",
      score: { total: 3, risk: "single-3" },
      trend: "up",
    });
  });
  test("keeps a high score in sight when only one value was taken after it", () => {
    const hospital = memoryHospital();
    const last = vitals("2026-11-23T19:00:00+03:00", {}).filter((one) => one.id.endsWith("pulse"));
    hospital.admit(patient("p1"), bed("Bed 1"), [
      ...vitals("2026-11-23T18:00:00+03:00", { respiratoryRate: 26, pulse: 135, spo2: 90 }),
      ...last,
    ]);
    expect(rowOf(hospital, "p1")?.news2).toMatchObject({
      score: { total: null, without: "incomplete" },
      trend: null,
      lastTotal: { at: "2026-11-23T18:00:00+03:00", score: { total: 9 } },
    });
  });
  test("says allergies not loaded until they are, whatever is already here", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [allergy("high")]);
    expect(rowOf(hospital, "p1")).toMatchObject({ allergies: "listed-high", loaded: true });
    hospital.unload("p1", "AllergyIntolerance");
    expect(rowOf(hospital, "p1")).toMatchObject({ allergies: "not-loaded", loaded: false });
    expect(wardBoard(hospital.sources(), WARD).loading).toBe(1);
  });
  test("counts records that could not be read beside the mark, and never says none beside one", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"));
    expect(rowOf(hospital, "p1")?.allergies).toBe("not-recorded");
    hospital.unreadable("p1", "AllergyIntolerance");
    expect(rowOf(hospital, "p1")).toMatchObject({ allergies: "not-loaded", unreadable: 1 });
  });
  test("counts doses due within the hour and overdue ones, until an administration arrives", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [
      order("o1", "20:30:00"),
      order("o2", "18:00:00"),
      order("o3", "23:00:00"),
    ]);
    expect(rowOf(hospital, "p1")).toMatchObject({ due: 1, overdue: 1 });
    hospital.apply("p1", [
      {
        resourceType: "MedicationAdministration",
        id: "a",
        status: "completed",
        request: { reference: "MedicationRequest/o2" },
        effectiveDateTime: "2026-11-23T18:05:00+03:00",
      },
    ]);
    expect(rowOf(hospital, "p1")).toMatchObject({ due: 1, overdue: 0 });
    hospital.unload("p1", "MedicationAdministration");
    expect(rowOf(hospital, "p1")).toMatchObject({ due: 0, overdue: 0 });
  });
  test("shows a set charted here at once, counts it unsent, and leaves it to the record once that holds it", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), vitals("2026-11-23T10:00:00+03:00", {}));
    const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", { pulse: 135 });
    hospital.acts.push(actRow(act, "waiting"));
    expect(rowOf(hospital, "p1")).toMatchObject({
      unsent: 1,
      news2: { at: "2026-11-23T19:50:00+03:00", score: { total: 3 }, trend: "up" },
    });
    hospital.acts[0] = actRow(act, "acknowledged");
    hospital.apply(
      "p1",
      act.entries.map((entry) => entry.resource),
    );
    expect(rowOf(hospital, "p1")).toMatchObject({ unsent: 0, news2: { score: { total: 3 } } });
  });
  test("is made from the record of a merged half too, and names it", () => {
    const hospital = memoryHospital();
    const link = [{ type: "replaces", other: { reference: "Patient/p0" } }];
    hospital.admit({ ...patient("p1"), link }, bed("Bed 1"));
    hospital.apply("p0", [patient("p0"), allergy("high")]);
    expect(rowOf(hospital, "p1")).toMatchObject({ merged: ["p0"] });
  });
  test("a patient whose record has not arrived is a row that says so", () => {
    const hospital = memoryHospital();
    hospital.place("p9", bed("Bed 1"));
    expect(rowOf(hospital, "p9")).toMatchObject({
      name: null,
      allergies: "not-loaded",
      loaded: false,
      news2: null,
    });
  });
  test("a card of another version is made anew from the record", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [allergy("low")]);
    hospital.cards.set("p1", { v: CARD_VERSION + 1 });
    expect(rowOf(hospital, "p1")).toMatchObject({
      allergies: "listed",
      name: { family: "Family p1" },
    });
  });
  test("an unknown ward is an empty board, not an error", () => {
    expect(wardBoard(memoryHospital().sources(), "elsewhere").rows).toEqual([]);
  });
});

describe("a patient's page", () => {
  test("is what the contract says, with banner, sections and as of", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [
      allergy("high"),
      order("o1", "18:00:00"),
      ...vitals("2026-11-23T10:00:00+03:00", {}),
    ]);
    const view = viewOf(hospital);
    expect(PatientView.parse(view)).toEqual(view);
    expect(view.banner).toMatchObject({
      bed: "Bed 1",
      ward: "Medical 1",
      identifier: "MRN-p1",
      allergies: { status: "listed" },
    });
    expect(view.vitals[0]).toMatchObject({
      author: "Dr. Noor Saleh",
      act: null,
      news2: { total: 0 },
    });
  });
  test("of somebody who is not in this cache is none", () => {
    expect(patientView(memoryHospital().sources(), "stranger")).toBeNull();
  });
  test("medicines are not loaded until their administrations are", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [order("o1", "18:00:00")]);
    expect(viewOf(hospital).medicines[0]).toMatchObject({ overdue: true });
    hospital.unload("p1", "MedicationAdministration");
    expect(viewOf(hospital)).toMatchObject({
      medicinesSection: { loaded: false, asOf: null },
      medicines: [{ overdue: false }],
    });
  });
  test.each(["waiting", "sending", "parked", "acknowledged"] as const)(
    "a set that is %s shows with its state",
    (state) => {
      const hospital = memoryHospital();
      hospital.admit(patient("p1"), bed("Bed 1"));
      const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", {});
      hospital.acts.push(actRow(act, state));
      expect(viewOf(hospital).vitals).toMatchObject([
        {
          at: act.at,
          act: { uuid: act.uuid, state },
          author: "Dr. Noor Saleh",
          news2: { total: 0 },
        },
      ]);
    },
  );
  test("a set half of which has been pulled shows once and whole", () => {
    const hospital = memoryHospital();
    const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", { pulse: 95 });
    hospital.admit(
      patient("p1"),
      bed("Bed 1"),
      act.entries.slice(0, 3).map((entry) => entry.resource),
    );
    hospital.acts.push(actRow(act, "acknowledged"));
    const { vitals: sets } = viewOf(hospital);
    expect(sets).toHaveLength(1);
    expect(sets[0]).toMatchObject({
      act: { uuid: act.uuid },
      values: { pulse: 95, respiratoryRate: 16 },
    });
  });
  test.each(["by our identifier", "by the id the HIS answered"])(
    "a set the HIS stored under its own ids is found again %s",
    (how) => {
      const hospital = memoryHospital();
      const act = vitalsAct("p1", "2026-11-23T19:50:00+03:00", {});
      const stored = Object.fromEntries(
        act.entries.map(({ resource }, index) => [
          resource.id,
          { type: "Observation", id: `his-${index}`, versionId: "1" },
        ]),
      );
      hospital.admit(
        patient("p1"),
        bed("Bed 1"),
        act.entries.map(({ resource }, index) =>
          Object.assign(
            {},
            resource,
            { id: `his-${index}` },
            how === "by our identifier" ? {} : { identifier: [] },
          ),
        ),
      );
      hospital.acts.push({
        ...actRow(act, "acknowledged"),
        stored: how === "by our identifier" ? null : JSON.stringify(stored),
      });
      expect(viewOf(hospital).vitals.map((set) => set.act)).toEqual([null]);
    },
  );
  test("a damaged section says so and still shows what is left of it", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"), [allergy("low")]);
    hospital.damage("p1", "AllergyIntolerance");
    expect(viewOf(hospital).banner.allergies).toMatchObject({
      status: "listed",
      section: { damaged: true },
    });
  });
});

describe("the outbox", () => {
  test("lists what has not reached the HIS in plain values, with patient, bed and author", () => {
    const hospital = memoryHospital();
    hospital.admit(patient("p1"), bed("Bed 1"));
    hospital.acts.push(
      actRow(vitalsAct("p1", "2026-11-23T19:50:00+03:00", { pulse: 95 }), "parked"),
      actRow(vitalsAct("p1", "2026-11-23T19:55:00+03:00", {}), "acknowledged"),
    );
    const people = [
      { id: "n1", name: { en: "Noor Saleh", ar: "نور صالح" }, roles: ["nurse" as const] },
    ];
    const entries = outboxEntries(hospital.sources(), people);
    expect(entries).toHaveLength(1);
    expect(OutboxEntry.parse(entries[0])).toEqual(entries[0]);
    expect(entries[0]).toMatchObject({
      patientName: { family: "Family p1" },
      bed: "Bed 1",
      author: { name: { en: "Noor Saleh" } },
      state: "parked",
      values: { pulse: "95", consciousness: "A" },
    });
    expect(outboxEntries(hospital.sources(), [])[0]).toMatchObject({
      author: { id: "n1", name: { en: "n1" } },
    });
  });
  test("an act whose body cannot be read is still in the list", () => {
    const hospital = memoryHospital();
    hospital.acts.push({ ...actRow(vitalsAct("p1", NOW, {}), "waiting"), body: "{" });
    expect(outboxEntries(hospital.sources(), [])).toMatchObject([
      { values: {}, patientName: null },
    ]);
  });
});

describe("the card", () => {
  const hours = fc.integer({ min: 0, max: 40 });
  const change = fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      hour: hours,
      rate: fc.integer({ min: 8, max: 30 }),
    }),
    fc.record({ kind: fc.constant("mistake" as const), hour: hours }),
    fc.record({ kind: fc.constant("remove" as const), hour: hours }),
    fc.record({ kind: fc.constant("pregnant" as const), hour: hours, yes: fc.boolean() }),
    fc.record({
      kind: fc.constant("scale" as const),
      hour: hours,
      scale: fc.constantFrom("1", "2"),
    }),
  );
  const at = (hour: number): string => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();

  test("kept up to date step by step is the card made from everything", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (steps) => {
        const held = new Map<string, FhirResource>();
        const read = (type: string) =>
          [...held.values()].filter((one) => one.resourceType === type);
        let card: unknown = null;
        for (const step of steps) {
          const upserts: FhirResource[] = [];
          const removed: { type: string; id: string }[] = [];
          const [rate] = vitals(
            at(step.hour),
            "rate" in step ? { respiratoryRate: step.rate } : {},
          );
          if (rate === undefined) throw new Error("no vitals");
          if (step.kind === "add") upserts.push(rate);
          if (step.kind === "mistake") upserts.push({ ...rate, status: "entered-in-error" });
          if (step.kind === "remove") removed.push({ type: "Observation", id: rate.id });
          if (step.kind === "pregnant")
            upserts.push({
              resourceType: "Observation",
              id: `preg${step.hour}`,
              status: "final",
              code: { coding: [{ system: "http://loinc.org", code: "82810-3" }] },
              effectiveDateTime: at(step.hour),
              valueCodeableConcept: {
                coding: [
                  { system: "http://loinc.org", code: step.yes ? "LA15173-0" : "LA26683-5" },
                ],
              },
            });
          if (step.kind === "scale")
            upserts.push({
              resourceType: "Observation",
              id: `scale${step.hour}`,
              status: "final",
              effectiveDateTime: at(step.hour),
              valueCodeableConcept: {
                coding: [{ system: "urn:amanah:spo2-scale", code: step.scale }],
              },
            });
          for (const one of upserts) held.set(one.id, one);
          for (const one of removed) held.delete(one.id);
          card = JSON.parse(JSON.stringify(makeCard(card, { upserts, removed }, read)));
        }
        const whole = parseCard(
          JSON.parse(JSON.stringify(makeCard(null, { upserts: [], removed: [] }, read))),
        );
        const kept = parseCard(card) ?? whole;
        const sorted = (value: typeof whole) =>
          value && {
            ...value,
            readings: value.readings.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
            marks: value.marks.toSorted(),
          };
        expect(sorted(kept)).toEqual(sorted(whole));
      }),
      { numRuns: 200 },
    );
  });
  test("does not read the Observations again for one more of them", () => {
    const first = makeCard(null, { upserts: [], removed: [] }, () => []);
    const asked: string[] = [];
    const card = parseCard(
      makeCard(first, { upserts: vitals(NOW, {}), removed: [] }, (type) => (asked.push(type), [])),
    );
    expect(asked).toEqual([]);
    expect(card?.readings).toHaveLength(7);
  });
  test("holds no more than the latest sets, however many there are", () => {
    const all = Array.from({ length: 30 }, (_, hour) => vitals(at(hour), {})).flat();
    const card = parseCard(
      makeCard(null, { upserts: [], removed: [] }, (type) => (type === "Observation" ? all : [])),
    );
    expect(card?.readings).toHaveLength(4 * 7);
    expect(PATIENT_TYPES).toContain("Observation");
  });
});
