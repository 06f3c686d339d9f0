import { expect, test } from "vitest";
import { isRestricted, remitFacts } from "./remit.ts";
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
  expect(remitFacts(sources.chart, "p1")).toEqual({
    ward: WARD,
    team: ["layla", "omar"],
    restricted: false,
  });
  expect(remitFacts(sources.chart, "stranger")).toEqual({
    ward: null,
    team: [],
    restricted: false,
  });
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

test.each([
  ["v3-Confidentiality", "V", true],
  ["v3-Confidentiality", "R", true],
  ["v3-Confidentiality", "N", false],
  ["v3-ActCode", "CEL", true],
  ["v3-ActCode", "EMP", true],
  ["v3-ActCode", "ETH", false],
])("a record labelled %s %s is looked at twice: %s", (system, code, restricted) => {
  const coding = { system: `http://terminology.hl7.org/CodeSystem/${system}`, code };
  const labelled = { resourceType: "Patient", id: "p1", meta: { security: [null, coding] } };
  expect(isRestricted([labelled], [])).toBe(restricted);
  expect(isRestricted([], [{ ...stay([]), meta: { security: [coding] } }])).toBe(restricted);
  // The same letter of another code system says something else.
  const foreign = { ...labelled, meta: { security: [{ system: "urn:local", code }] } };
  expect(isRestricted([foreign, null, "odd"], [])).toBe(false);
});

test("a stay with the courtesies of a very important person or of staff is looked at twice", () => {
  const courtesy = (code: string) => ({
    ...stay([]),
    hospitalization: {
      specialCourtesy: [
        {
          coding: [
            { system: "http://terminology.hl7.org/CodeSystem/v3-EncounterSpecialCourtesy", code },
          ],
        },
      ],
    },
  });
  expect(["VIP", "STF", "NRM"].map((code) => isRestricted([], [courtesy(code)]))).toEqual([
    true,
    true,
    false,
  ]);
});
