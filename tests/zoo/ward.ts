import type { Held, OtherSystem } from "./server.ts";

/** A ward of its own for each run, so that the suite can be pointed at a server that is in use. */
export interface ZooWard {
  readonly ward: string;
  readonly beds: readonly string[];
}

export async function buildWard(system: OtherSystem, beds: number): Promise<ZooWard> {
  const ward = await system.create(place("Ward of the zoo"));
  const made = await Promise.all(
    Array.from({ length: beds }, (_, n) =>
      system.create(place(`bed ${n}`, { partOf: { reference: `Location/${ward.id}` } })),
    ),
  );
  return { ward: ward.id, beds: made.map(({ id }) => id) };
}

function place(name: string, more: object = {}) {
  return { resourceType: "Location", status: "active", name, ...more };
}

export async function register(system: OtherSystem, name: string): Promise<string> {
  const patient = {
    resourceType: "Patient",
    name: [{ family: name, given: ["Zoo"] }],
    gender: "female",
    birthDate: "1950-02-03",
  };
  return (await system.create(patient)).id;
}

export async function admit(system: OtherSystem, patient: string, bed: string): Promise<Held> {
  const stay = {
    resourceType: "Encounter",
    status: "in-progress",
    class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "IMP" },
    subject: { reference: `Patient/${patient}` },
    location: [{ location: { reference: `Location/${bed}` }, status: "active" }],
  };
  return await system.create(stay);
}

export function allergy(patient: string, text: string) {
  const coded = (system: string, code: string): object => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
  });
  return {
    resourceType: "AllergyIntolerance",
    patient: { reference: `Patient/${patient}` },
    code: { text },
    clinicalStatus: coded("allergyintolerance-clinical", "active"),
    verificationStatus: coded("allergyintolerance-verification", "confirmed"),
    criticality: "high",
  };
}

export function pulse(patient: string, value: number) {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: "2026-11-23T09:00:00+03:00",
    valueQuantity: { value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
  };
}
