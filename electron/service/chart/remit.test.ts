import { expect, test } from "vitest";
import { remitFacts } from "./remit.ts";
import { allergy, bed, memoryHospital, patient, vitals, WARD } from "./testing.ts";
import { wardBoard } from "./ward-board.ts";

const stay = (participant: object[]) => ({
  resourceType: "Encounter",
  id: "stay-p1",
  status: "in-progress",
  subject: { reference: "Patient/p1" },
  participant,
});

function hospital(participant: object[] = []) {
  const made = memoryHospital({ beds: ["Bed 1"] });
  made.admit(patient("p1"), bed("Bed 1"), [
    allergy("high"),
    ...vitals("2026-11-23T19:00:00+03:00", {}),
    stay(participant),
  ]);
  return made.sources();
}

test("a patient's remit is the ward he lies on and whoever his stay names", () => {
  const sources = hospital([
    { individual: { reference: "Practitioner/layla" } },
    { individual: { reference: "https://his.example/fhir/Practitioner/omar/_history/3" } },
    { individual: { reference: "PractitionerRole/x" } },
    { individual: "nonsense" },
    null as unknown as object,
  ]);
  expect(remitFacts(sources.chart, "p1")).toEqual({ ward: WARD, team: ["layla", "omar"] });
  expect(remitFacts(sources.chart, "stranger")).toEqual({ ward: null, team: [] });
});

test("outside her remit the board shows bed and identity, and nothing of the record", () => {
  const sources = hospital();
  const [own] = wardBoard(sources, WARD).rows;
  expect(own).toMatchObject({ outside: false, allergies: "listed-high" });
  expect(own?.news2).not.toBeNull();
  const [row] = wardBoard(sources, WARD, () => true).rows;
  expect(row).toMatchObject({
    patient: "p1",
    bed: own?.bed,
    name: own?.name,
    outside: true,
    news2: null,
    due: 0,
    allergies: "not-loaded",
  });
});
