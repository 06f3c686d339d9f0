/**
 * What may happen to a field that differs in three versions of a resource. `merges`: by itself, while only one side changed
 * it (lists: both sides' additions). `decision`: the fields that together say what was found or done; once both sides
 * changed any of them a clinician decides. `never`: whose it is, what it is about and when: if that differs it is another
 * fact, and nobody's change can be carried over to it.
 */
export type FieldRule = "merges" | "decision" | "never";

/** Every choice of `value[x]`, `effective[x]`, … counts as one field. */
export function fieldOf(key: string): string {
  const choice = /^(value|effective|onset|medication|occurrence)[A-Z]/u.exec(key);
  return choice?.[1] === undefined ? key : `${choice[1]}[x]`;
}

/** The rules of each type, in one table. CLINICAL: a field that is not named needs a decision: nothing is merged by default. */
export const MERGE_RULES: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = {
  Observation: {
    subject: "never",
    code: "never",
    "effective[x]": "never",
    status: "decision",
    "value[x]": "decision",
    component: "decision",
    dataAbsentReason: "decision",
    interpretation: "decision",
    referenceRange: "merges",
    identifier: "merges",
    category: "merges",
    encounter: "merges",
    performer: "merges",
    issued: "merges",
    method: "merges",
    device: "merges",
    bodySite: "merges",
    note: "merges",
    extension: "merges",
  },
  MedicationAdministration: {
    subject: "never",
    "medication[x]": "never",
    request: "never",
    status: "decision",
    statusReason: "decision",
    "effective[x]": "decision",
    dosage: "decision",
    extension: "decision",
    identifier: "merges",
    context: "merges",
    performer: "merges",
    reasonCode: "merges",
    note: "merges",
  },
  MedicationRequest: {
    subject: "never",
    "medication[x]": "never",
    // What is to be given, and whether: two halves of two orders are nobody's order.
    status: "decision",
    intent: "decision",
    doNotPerform: "decision",
    dosageInstruction: "decision",
    dispenseRequest: "decision",
    substitution: "decision",
    priorPrescription: "decision",
    authoredOn: "decision",
    requester: "decision",
    identifier: "merges",
    category: "merges",
    encounter: "merges",
    reasonCode: "merges",
    reasonReference: "merges",
    supportingInformation: "merges",
    note: "merges",
  },
  AllergyIntolerance: {
    patient: "never",
    code: "decision",
    clinicalStatus: "decision",
    verificationStatus: "decision",
    type: "decision",
    category: "decision",
    criticality: "decision",
    reaction: "decision",
    identifier: "merges",
    encounter: "merges",
    recordedDate: "merges",
    recorder: "merges",
    asserter: "merges",
    note: "merges",
  },
};

/** The rule of a field. Types without rules of their own merge nothing. */
export function ruleOf(type: string, field: string): FieldRule {
  return MERGE_RULES[type]?.[field] ?? "decision";
}

/** What a HIS may change without changing what was said. */
export const NOT_SAID: ReadonlySet<string> = new Set(["resourceType", "id", "meta", "text"]);
