import { describe, expect, test } from "vitest";
import { OutboxEntry } from "../../../shared/contract/index.ts";
import { outboxEntries } from "./outbox-entries.ts";
import { actRow, bed, memoryHospital, NOW, patient, vitalsAct } from "./testing.ts";

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
