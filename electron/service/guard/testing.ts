import type { FhirResource } from "../../../shared/fhir/index.ts";
import { decide, factAfter } from "./gate.ts";
import type { AcceptedFact, IncomingFact, Signature } from "./fact.ts";
import { digestOf } from "./signature/digest.ts";

export const NOW = Date.UTC(2026, 10, 23, 10);

const VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
const CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";

const status = (system: string, code: string) => ({ coding: [{ system, code }] });
export const verification = (code: string) => ({ verificationStatus: status(VERIFICATION, code) });
export const clinical = (code: string) => ({ clinicalStatus: status(CLINICAL, code) });

/** A version as the HIS numbers and dates it: minute after minute. */
export function versioned(resource: FhirResource, version: number): FhirResource {
  const lastUpdated = new Date(NOW + version * 60_000).toISOString();
  return { ...resource, meta: { versionId: String(version), lastUpdated } };
}

export const PENICILLIN: FhirResource = {
  resourceType: "AllergyIntolerance",
  id: "a1",
  patient: { reference: "Patient/p1" },
  code: {
    coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: "7980" }],
    text: "Penicillin G",
  },
  ...clinical("active"),
  ...verification("confirmed"),
  type: "allergy",
  category: ["medication"],
  criticality: "high",
  note: [{ text: "Collapsed in theatre, 2019" }],
  reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }],
};

export const MORPHINE: FhirResource = {
  resourceType: "MedicationRequest",
  id: "m1",
  status: "active",
  intent: "order",
  subject: { reference: "Patient/p1" },
  medicationCodeableConcept: { text: "Morphine 10 mg" },
  dosageInstruction: [{ text: "10 mg every 4 hours" }],
};

export const SARA: FhirResource = {
  resourceType: "Patient",
  id: "p1",
  active: true,
  identifier: [{ system: "urn:hospital", value: "4711", use: "usual" }],
  name: [{ use: "official", family: "Haddad", given: ["Sara"] }],
  birthDate: "1980-04-05",
  gender: "female",
  address: [{ city: "Amman" }],
};

export const NOT_FOR_RESUSCITATION: FhirResource = {
  resourceType: "Flag",
  id: "f1",
  status: "active",
  category: [
    {
      coding: [
        {
          system: "http://terminology.hl7.org/CodeSystem/flag-category",
          code: "advance-directive",
        },
      ],
    },
  ],
  code: { text: "Not for resuscitation" },
  subject: { reference: "Patient/p1" },
};

export const FALLS: FhirResource = {
  resourceType: "Flag",
  id: "f2",
  status: "active",
  code: { text: "Falls risk" },
  subject: { reference: "Patient/p1" },
};

/** Passes what comes through the gate, one after another; the fact that is left. */
export function passed(
  steps: readonly { readonly incoming: IncomingFact; readonly signature?: Signature | null }[],
): AcceptedFact | null {
  return steps.reduce<AcceptedFact | null>((previous, { incoming, signature }) => {
    const decision = decide(previous, incoming, { now: NOW, signature: signature ?? null });
    return factAfter(previous, incoming, decision);
  }, null);
}

/** The fact as it is once one version of it was taken. */
export function accepted(resource: FhirResource, patient = "p1"): AcceptedFact {
  const fact = passed([{ incoming: { patient, resource: versioned(resource, 1) } }]);
  if (fact === null) throw new Error("a first version is always taken");
  return fact;
}

export const signedBy = (
  roles: Signature["roles"],
  change: Partial<Signature> = {},
): Signature => ({
  author: "someone",
  roles,
  at: new Date(NOW + 90_000).toISOString(),
  base: "1",
  kid: "kid",
  over: digestOf(PENICILLIN),
  basis: new Map([[digestOf(PENICILLIN) ?? "", []]]),
  ...change,
});
