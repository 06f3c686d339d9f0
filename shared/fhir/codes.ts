/** Code systems and codes this client charts and reads. LOINC: https://loinc.org; UCUM: https://ucum.org. */
export const LOINC = "http://loinc.org";
export const UCUM = "http://unitsofmeasure.org";
export const OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";

/** LOINC codes of the vital signs that make a NEWS2 set. A list names every code accepted on reading; the first is written. */
export const VITAL_CODES = {
  respiratoryRate: ["9279-1"],
  spo2: ["59408-5", "2708-6"],
  oxygenFlow: ["3151-8"],
  bloodPressure: ["85354-9", "55284-4"],
  systolic: ["8480-6"],
  diastolic: ["8462-4"],
  pulse: ["8867-4"],
  consciousness: ["67775-7"],
  temperature: ["8310-5", "8331-1"],
} as const;

/** Types this client keeps, in the order back-fill fetches them: what can kill first. */
export const PATIENT_TYPES = [
  "AllergyIntolerance",
  "MedicationRequest",
  "Flag",
  "ServiceRequest",
  "Condition",
  "Observation",
  "MedicationAdministration",
  "DiagnosticReport",
  "DocumentReference",
  "Encounter",
] as const;
export type PatientType = (typeof PATIENT_TYPES)[number];

/** Safety-critical types: every incoming version passes the guard's gate and is written in the ledger. */
export const GUARDED_TYPES = [
  "AllergyIntolerance",
  "MedicationRequest",
  "Flag",
  "ServiceRequest",
  "Patient",
] as const;

/** Extension of a MedicationAdministration (`valueDateTime`): the due time of the order that it answers. */
export const ADMINISTRATION_DUE = "urn:amanah:administration-due";
