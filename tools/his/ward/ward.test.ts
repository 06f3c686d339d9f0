import { validateResource } from "@medplum/core";
import type { Encounter, Observation, Patient } from "@medplum/fhirtypes";
import { beforeAll, expect, test } from "vitest";
import { loadEngine } from "../engine.ts";
import { practitionerOf, PEOPLE } from "../people.ts";
import { makeHospital, makeWards } from "./index.ts";
import type { Made } from "./index.ts";

const NOW = Date.parse("2026-11-23T09:30:00Z");

function hospital(beds: number, seed = "a"): Made[] {
  return [
    ...makeHospital({
      wards: makeWards(beds),
      seed,
      now: NOW,
      nurses: ["n1", "n2"],
      doctors: ["d1"],
    }),
  ];
}
function ofType<T>(all: readonly Made[], type: string): T[] {
  return all
    .filter(({ resource }) => resource.resourceType === type)
    .map(({ resource }) => resource as unknown as T);
}

beforeAll(loadEngine);

test("the same seed and time make the same ward to the byte, another seed another ward", () => {
  expect(JSON.stringify(hospital(6))).toBe(JSON.stringify(hospital(6)));
  expect(JSON.stringify(hospital(6))).not.toBe(JSON.stringify(hospital(6, "b")));
});

test("every resource of a ward is valid FHIR R4 and nothing is from the future", () => {
  const all = hospital(28);
  for (const { resource, at } of all) {
    validateResource(resource);
    expect(at).toBeLessThan(NOW);
  }
  for (const person of PEOPLE) validateResource(practitionerOf(person));
  expect(new Set(all.map(({ resource }) => `${resource.resourceType}/${resource.id}`)).size).toBe(
    all.length,
  );
});

test("a ward looks like one: about nine beds in ten taken, about 250 records a patient, one child, one expectant mother", () => {
  const all = hospital(28);
  const patients = ofType<Patient>(all, "Patient");
  expect(patients.length).toBeGreaterThanOrEqual(22);
  expect(patients.length).toBeLessThan(28);
  expect(all.length / patients.length).toBeGreaterThan(215);
  expect(all.length / patients.length).toBeLessThan(290);
  expect(patients.filter(({ birthDate }) => Number(birthDate?.slice(0, 4)) > 2010)).toHaveLength(1);
  const pregnant = ofType<Observation>(all, "Observation").filter(
    ({ code }) => code.coding?.[0]?.code === "82810-3",
  );
  expect(pregnant).toHaveLength(1);
  const beds = ofType<Encounter>(all, "Encounter").map(
    ({ location }) => location?.[0]?.location.reference,
  );
  expect(new Set(beds).size).toBe(patients.length);
  const withArabic = patients.filter(({ name }) => (name?.length ?? 0) > 1);
  expect(withArabic.length).toBeGreaterThan(patients.length / 2);
  expect(withArabic.length).toBeLessThan(patients.length);
});

test("a set of vitals shares one time with the site's offset, so that it can be scored as one", () => {
  const vitals = ofType<Observation>(hospital(6), "Observation").filter(
    ({ category }) => category?.[0]?.coding?.[0]?.code === "vital-signs",
  );
  const sets = new Map<string, number>();
  for (const { subject, effectiveDateTime } of vitals) {
    expect(effectiveDateTime).toMatch(/:00[+-]\d\d:\d\d$/u);
    const key = `${subject?.reference} ${effectiveDateTime}`;
    sets.set(key, (sets.get(key) ?? 0) + 1);
  }
  expect([...new Set(sets.values())].toSorted((a, b) => a - b)).toEqual([6, 7]);
});

test("a thousand beds are several wards of 28 to 40 beds", () => {
  const wards = makeWards(1000);
  expect(wards.reduce((sum, { beds }) => sum + beds.length, 0)).toBe(1000);
  for (const { beds } of wards) {
    expect(beds.length).toBeGreaterThanOrEqual(28);
    expect(beds.length).toBeLessThanOrEqual(40);
  }
  expect(new Set(wards.map(({ name }) => name)).size).toBe(wards.length);
});
