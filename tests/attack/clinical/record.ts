import type { FhirResource } from "../../../shared/fhir/index.ts";

/** What every patient of the suite has before anything happens to him: the facts that somebody goes for. */

const TERMINOLOGY = "http://terminology.hl7.org/CodeSystem";
export const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
export const SNOMED = "http://snomed.info/sct";

export type Resource = FhirResource;
export type Change = Readonly<Record<string, unknown>>;

export const to = (patient: string) => ({ reference: `Patient/${patient}` });
const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code, ...(text !== undefined && { display: text }) }],
  ...(text !== undefined && { text }),
});

export const clinical = (code: string) => coded(`${TERMINOLOGY}/allergyintolerance-clinical`, code);
export const verification = (code: string) =>
  coded(`${TERMINOLOGY}/allergyintolerance-verification`, code);

/** Ids of a patient's facts. */
export const ids = (patient: string) => ({
  patient,
  allergy: `${patient}-penicillin`,
  amoxicillin: `${patient}-amoxicillin`,
  paracetamol: `${patient}-paracetamol`,
  morphine: `${patient}-morphine`,
  heparin: `${patient}-heparin`,
  status: `${patient}-dnacpr`,
  alert: `${patient}-isolation`,
});

export const NOTE = "Collapsed within minutes in 2019, adrenaline given.";

export const penicillin = (patient: string, change: Change = {}): Resource => ({
  resourceType: "AllergyIntolerance",
  id: ids(patient).allergy,
  type: "allergy",
  category: ["medication"],
  criticality: "high",
  code: coded(RXNORM, "7980", "Benzylpenicillin"),
  clinicalStatus: clinical("active"),
  verificationStatus: verification("confirmed"),
  patient: to(patient),
  recordedDate: "2019-05-01",
  reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "severe" }],
  note: [{ text: NOTE }],
  ...change,
});

/** Another allergy, as somebody would add it. */
export const allergyTo = (
  patient: string,
  name: string,
  substance: string,
  change: Change = {},
): Resource => ({
  resourceType: "AllergyIntolerance",
  id: `${patient}-${name}`,
  code: { text: substance },
  clinicalStatus: clinical("active"),
  verificationStatus: verification("confirmed"),
  patient: to(patient),
  ...change,
});

const MEDICINES = {
  amoxicillin: ["723", "Amoxicillin", "500 mg"],
  paracetamol: ["161", "Paracetamol", "1 g"],
  morphine: ["7052", "Morphine", "5 mg"],
  heparin: ["5224", "Heparin", "5000 units"],
} as const;

export const order = (
  patient: string,
  name: keyof typeof MEDICINES,
  change: Change = {},
): Resource => {
  const [code, text, dose] = MEDICINES[name];
  return {
    resourceType: "MedicationRequest",
    id: `${patient}-${name}`,
    status: name === "morphine" ? "stopped" : "active",
    intent: "order",
    ...(name === "heparin" && { doNotPerform: true }),
    medicationCodeableConcept: coded(RXNORM, code, text),
    subject: to(patient),
    authoredOn: "2026-11-20T09:00:00+03:00",
    dosageInstruction: [dosage(dose)],
    ...change,
  };
};

export const dosage = (dose: string) => {
  const [value, ...unit] = dose.split(" ");
  return {
    text: `${dose} three times a day`,
    timing: { repeat: { frequency: 3, period: 1, periodUnit: "d" } },
    doseAndRate: [{ doseQuantity: { value: Number(value), unit: unit.join(" ") } }],
  };
};

const CODE_STATUS = "urn:demo:code-status";
export const DNACPR = "Do not attempt resuscitation (DNACPR)";

export const resuscitation = (patient: string, change: Change = {}): Resource => ({
  resourceType: "ServiceRequest",
  id: ids(patient).status,
  status: "active",
  intent: "directive",
  category: [coded(CODE_STATUS, "code-status")],
  code: coded(CODE_STATUS, "dnacpr", DNACPR),
  subject: to(patient),
  authoredOn: "2026-11-20T09:00:00+03:00",
  ...change,
});

export const FULL = coded(CODE_STATUS, "full", "For full resuscitation");

export const isolation = (patient: string, change: Change = {}): Resource => ({
  resourceType: "Flag",
  id: ids(patient).alert,
  status: "active",
  code: { text: "Isolation: MRSA" },
  subject: to(patient),
  ...change,
});

export const mrn = (patient: string): string => `MRN-${patient}`;
const hospitalNumber = (value: string) => ({
  use: "usual",
  type: coded(`${TERMINOLOGY}/v2-0203`, "MR"),
  system: "urn:demo:mrn",
  value,
});

export const person = (patient: string, change: Change = {}): Resource => ({
  resourceType: "Patient",
  id: patient,
  active: true,
  identifier: [hospitalNumber(mrn(patient))],
  name: [{ use: "official", family: `Family-${patient}`, given: ["Huda"] }],
  gender: "female",
  birthDate: "1950-02-03",
  ...change,
});
export const numbered = (value: string): Change => ({ identifier: [hospitalNumber(value)] });

export const stay = (patient: string, bed: string): Resource => ({
  resourceType: "Encounter",
  id: `${patient}-stay`,
  status: "in-progress",
  class: { system: `${TERMINOLOGY}/v3-ActCode`, code: "IMP" },
  subject: to(patient),
  location: [{ location: { reference: `Location/${bed}` }, status: "active" }],
});

/** All of it. */
export const ordinary = (patient: string): Resource[] => [
  person(patient),
  penicillin(patient),
  order(patient, "amoxicillin"),
  order(patient, "paracetamol"),
  order(patient, "morphine"),
  order(patient, "heparin"),
  resuscitation(patient),
  isolation(patient),
];

/** What codes, words and brokenness the attacks share. */
export const DUST = { code: { text: "House dust" } };
export const NONE_KNOWN = { system: SNOMED, code: "716186003", display: "No known allergy" };
export const INGREDIENT = { system: RXNORM, code: "7980", display: "Benzylpenicillin" };
export const ABSENT = {
  extension: [
    { url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" },
  ],
};
/** No patient's allergy can be read from this. */
export const broken = (patient: string): Change => ({
  criticality: 7,
  code: "?",
  patient: to(patient),
});
