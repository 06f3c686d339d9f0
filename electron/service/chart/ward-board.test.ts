import { describe, expect, test } from "vitest";
import { WardBoard } from "../../../shared/contract/index.ts";
import { CARD_VERSION } from "./card.ts";
import {
  actRow,
  allergy,
  bed,
  memoryHospital,
  order,
  patient,
  vitals,
  vitalsAct,
  WARD,
} from "./testing.ts";
import { wardBoard } from "./ward-board.ts";

const rowOf = (hospital: ReturnType<typeof memoryHospital>, id: string) =>
  wardBoard(hospital.sources(), WARD).rows.find((row) => row.patient === id);

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
