import type { TestHis } from "./test-his.ts";
import { WARD } from "./test-pc.ts";

const subject = (patient: string) => ({ reference: `Patient/${patient}` });
const coded = (code: string, display: string) => ({
  coding: [{ system: "http://loinc.org", code, display }],
});

/** A ward with a room and so many beds. */
export function buildWard(his: Pick<TestHis, "put">, beds: number): void {
  his.put({ resourceType: "Location", id: WARD, name: "Ward 7" });
  his.put({
    resourceType: "Location",
    id: "room-1",
    name: "Room 1",
    partOf: { reference: `Location/${WARD}` },
  });
  for (let bed = 1; bed <= beds; bed += 1)
    his.put({
      resourceType: "Location",
      id: `bed-${bed}`,
      name: `7-${bed}`,
      partOf: { reference: "Location/room-1" },
    });
}

export function admit(his: Pick<TestHis, "put">, patient: string, bed: string): void {
  his.put({
    resourceType: "Patient",
    id: patient,
    name: [{ family: patient, given: ["Test"] }],
    gender: "female",
    birthDate: "1950-02-03",
  });
  his.put({
    resourceType: "Encounter",
    id: `stay-${patient}`,
    status: "in-progress",
    class: { code: "IMP" },
    subject: subject(patient),
    location: [{ location: { reference: `Location/${bed}` }, status: "active" }],
  });
}

export function discharge(his: Pick<TestHis, "put" | "all">, patient: string): void {
  his.put({
    ...his.all("Encounter").find(({ id }) => id === `stay-${patient}`),
    status: "finished",
  });
}

export function allergy(
  patient: string,
  id: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    resourceType: "AllergyIntolerance",
    id,
    patient: subject(patient),
    code: { text: "Penicillin" },
    clinicalStatus: { coding: [{ code: "active" }] },
    verificationStatus: { coding: [{ code: "confirmed" }] },
    criticality: "high",
    ...change,
  };
}

export function pulse(patient: string, id: string, value = 72): Record<string, unknown> {
  return {
    resourceType: "Observation",
    id,
    status: "final",
    code: coded("8867-4", "Heart rate"),
    subject: subject(patient),
    effectiveDateTime: "2026-11-23T09:00:00+03:00",
    valueQuantity: { value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
  };
}
