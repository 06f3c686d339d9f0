import { expect, test } from "vitest";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { firstSeen, markOf, type AcceptedFact } from "../guard/index.ts";
import { patientView } from "./patient-view.ts";
import { bed, memoryHospital, patient } from "./testing.ts";

/** FHIR R4, flag-category: what is to be done when his heart stops. */
const DIRECTIVE = "http://terminology.hl7.org/CodeSystem/flag-category";

const notForResuscitation = (id: string): FhirResource => ({
  resourceType: "Flag",
  id,
  status: "active",
  subject: { reference: "Patient/p1" },
  category: [{ coding: [{ system: DIRECTIVE, code: "advance-directive" }] }],
  code: { text: "Not for resuscitation" },
});

/** The guard's mark of a statement, as it would be written beside it. */
function marked(statement: FhirResource, change: Partial<AcceptedFact>): FhirResource {
  const mark = markOf({ ...firstSeen("p1", statement), firstSeen: false, ...change });
  if (mark === null) throw new Error("there is nothing to say of it");
  return mark;
}

function isSaidVerified(...records: readonly FhirResource[]): boolean | undefined {
  const hospital = memoryHospital({ beds: ["Bed 1"] });
  hospital.admit(patient("p1"), bed("Bed 1"), [...records]);
  return patientView(hospital.sources(), "p1")?.banner.codeStatusVerified;
}

const [one, two] = [notForResuscitation("f1"), notForResuscitation("f2")];
const signed = { verdict: "apply-verified", signedBy: "layla" } as const;
const claimed: AcceptedFact["claims"][number] = {
  resource: { ...one, status: "inactive" },
  removed: null,
  patient: "p1",
  reasons: ["code-status-changed"],
  bothShown: true,
  by: null,
  opinions: [],
};

test("a resuscitation status is called verified when a signature stands behind it", () => {
  expect(isSaidVerified(one, marked(one, signed))).toBe(true);
});

test.each<readonly [string, readonly FhirResource[]]>([
  ["it came as it came", [one]],
  ["it was taken unsigned", [one, marked(one, { verdict: "apply-unverified" })]],
  ["somebody claims otherwise", [one, marked(one, { ...signed, claims: [claimed] })]],
  ["the signature is another statement's", [one, marked(two, signed)]],
  ["only one of two in force is signed", [one, two, marked(one, signed)]],
])("it is not where %s", (_why, records) => {
  expect(isSaidVerified(...records)).toBe(false);
});
