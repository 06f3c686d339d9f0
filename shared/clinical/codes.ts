/**
 * Codes by which clinical facts are recognised. SNOMED CT codes are quoted one by one as published in HL7 FHIR value
 * sets and implementation guides; none of SNOMED CT's content or structure is included.
 */
export const SNOMED = "http://snomed.info/sct";
export const ICD10_SYSTEMS = [
  "http://hl7.org/fhir/sid/icd-10",
  "http://hl7.org/fhir/sid/icd-10-cm",
];

/** `ACT_SYSTEM` of shared/trust, written again so that the page need not carry that module's schemas; a test compares. */
export const ACT_IDENTIFIER = "urn:amanah:act";

/** Consciousness as this client charts it: A, C, V, P, U (RCP NEWS2, 2017). */
export const ACVPU_SYSTEM = "urn:amanah:acvpu";

/** "No known allergy" of every kind (HL7 IPS, absent-or-unknown; C-CDA on FHIR). */
export const NO_KNOWN_ALLERGY = ["716186003", "160244002"];
export const NO_KNOWN_DRUG_ALLERGY = ["409137002"];
/** Food, environment, latex: say nothing of drugs. */
export const NO_KNOWN_OTHER_ALLERGY = ["429625007", "428607008", "428197003"];
export const IPS_ABSENT_SYSTEM = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";

/** LOINC: pregnancy status, and its answer "pregnant". */
export const PREGNANCY_STATUS = ["82810-3", "11449-6"];
export const PREGNANT_ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "http://loinc.org": ["LA15173-0"],
  [SNOMED]: ["77386006"],
};
/** SNOMED CT: patient currently pregnant; normal pregnancy; high-risk pregnancy; multiple pregnancy. */
export const PREGNANT_CONDITIONS = ["77386006", "72892002", "47200007", "16356006"];
/** ICD-10: pregnant state and supervision of pregnancy. */
export const PREGNANT_ICD10 = /^(?:Z33(?:\.1)?|Z34(?:\..*)?|Z35(?:\..*)?|O09(?:\..*)?)$/u;

/**
 * The SpO2 scale a clinician has set, as a Flag (`code`) or an Observation (`valueCodeableConcept`): our own coding,
 * since no international one was found.
 */
export const SPO2_SCALE_SYSTEM = "urn:amanah:spo2-scale";

/** Resuscitation status. SNOMED CT: for resuscitation; not for resuscitation; LOINC: code status; DNR. */
export const RESUSCITATION: Readonly<Record<string, readonly string[]>> = {
  [SNOMED]: ["304252001", "304253006", "304251008", "89666000"],
  "http://loinc.org": ["100822-2", "81352-5", "84095-9"],
};
export const FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category";
