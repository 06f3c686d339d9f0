import fc from "fast-check";
import { expect, test } from "vitest";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";
import { allergy, bed, memoryHospital, order, patient, vitals, WARD } from "./testing.ts";
import { patientView } from "./patient-view.ts";
import { wardBoard } from "./ward-board.ts";

// CLINICAL: "none", "empty", "not due" are statements. Whatever has not arrived on this PC must not make one.

const noKnown = {
  resourceType: "AllergyIntolerance",
  id: "nka",
  clinicalStatus: { coding: [{ code: "active" }] },
  verificationStatus: { coding: [{ code: "confirmed" }] },
  code: {
    text: "No known allergies",
    coding: [{ system: "http://snomed.info/sct", code: "716186003" }],
  },
};
const RECORDS = {
  nothing: [],
  "no known allergies": [noKnown],
  allergy: [allergy("high")],
  all: [allergy("low"), order("o1", "18:00:00"), ...vitals("2026-11-23T10:00:00+03:00", {})],
};

test("whatever has arrived and whatever has not, no section that is not loaded reads as none", () => {
  fc.assert(
    fc.property(
      fc.subarray([...PATIENT_TYPES]),
      fc.constantFrom(...Object.values(RECORDS)),
      (missing, record) => {
        const hospital = memoryHospital();
        hospital.admit(patient("p1"), bed("Bed 1"), record);
        for (const type of missing) hospital.unload("p1", type);
        const lacks = (...types: string[]): boolean =>
          types.some((type) => missing.some((one) => one === type));
        const view = patientView(hospital.sources(), "p1");
        const [row] = wardBoard(hospital.sources(), WARD).rows;
        // Each pair: whether something of it is missing, and whether the view admits it.
        const sections = [
          [lacks("AllergyIntolerance"), view?.banner.allergies.section],
          [lacks("Flag", "ServiceRequest"), view?.banner.statusSection],
          [lacks("Condition"), view?.problemsSection],
          [lacks("MedicationRequest", "MedicationAdministration"), view?.medicinesSection],
          [lacks("Observation"), view?.vitalsSection],
          [lacks("Observation", "DiagnosticReport"), view?.resultsSection],
          [lacks("DocumentReference"), view?.notesSection],
        ] as const;
        for (const [isMissing, section] of sections) {
          expect(section?.loaded).toBe(!isMissing);
          expect(isMissing && section?.asOf !== null).toBe(false);
        }
        const allergies = [view?.banner.allergies.status, row?.allergies];
        const says = lacks("AllergyIntolerance") ? "not-loaded" : undefined;
        expect(says === undefined || allergies.every((one) => one === says)).toBe(true);
        expect(row?.loaded).toBe(missing.length === 0);
        expect(row?.arrived).toEqual({
          vitals: !lacks("Observation"),
          medicines: !lacks("MedicationRequest", "MedicationAdministration"),
        });
      },
    ),
  );
});

test("no bed is called empty before the HIS has said who lies where", () => {
  const beds = { beds: ["Bed 1", "Bed 2"] };
  const asked = memoryHospital(beds);
  asked.place("p1", bed("Bed 1"));
  expect(wardBoard(asked.sources(), WARD).rows).toHaveLength(2);

  const unasked = memoryHospital({ ...beds, unasked: true });
  unasked.place("p1", bed("Bed 1"));
  const board = wardBoard(unasked.sources(), WARD);
  expect(board.bedsAsOf).toBeNull();
  expect(board.rows.map((row) => row.patient)).toEqual(["p1"]);
});
