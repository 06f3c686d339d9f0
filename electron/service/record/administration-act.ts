import { field, object, objects } from "../../../shared/clinical/read.ts";
import { dosageText } from "../../../shared/clinical/dosage.ts";
import type { GiveInput } from "../../../shared/contract/index.ts";
import { ADMINISTRATION_DUE, type FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import { resourceUuid } from "./act-ids.ts";

const ADMINISTRATION = "administration";
/** HL7 v3 ParticipationType, as MedicationAdministration.performer.function takes it: who looked on. */
const WITNESS = {
  coding: [
    {
      system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
      code: "WIT",
      display: "witness",
    },
  ],
  text: "second clinician",
};

/** The reasons a dose was not given, in words that a HIS shows as they are. */
const NOT_GIVEN = {
  refused: "Patient declined",
  "not-available": "Medicine not available",
  "nil-by-mouth": "Nil by mouth",
  asleep: "Patient asleep",
  "off-ward": "Patient not on the ward",
  clinical: "Clinical reason",
  other: "Other",
} as const;

export interface AdministrationInput {
  readonly uuid: string;
  readonly patient: string;
  readonly encounter: string | null;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset. */
  readonly at: string;
  /** The MedicationRequest as it was given by. */
  readonly order: FhirResource;
  readonly due: string | null;
  readonly outcome: GiveInput["outcome"];
  /** Why it was given in spite of a stop, and the records that stopped. */
  readonly override: { readonly reason: string; readonly allergies: readonly string[] } | null;
  readonly second: { readonly clinician: string } | null;
}

/**
 * A dose as one act with one MedicationAdministration (FHIR R4): the medicine exactly as ordered, the order it answers and
 * the due time; `not-done` with its reason when it was not given.
 */
export function makeAdministrationAct(input: AdministrationInput): Act {
  const id = resourceUuid(input.uuid, ADMINISTRATION);
  const { outcome, override, second } = input;
  const resource: FhirResource = {
    resourceType: "MedicationAdministration",
    id,
    identifier: [
      { system: ACT_SYSTEM, value: id },
      { system: ACT_SET_SYSTEM, value: input.uuid },
    ],
    ...(input.due !== null && {
      extension: [{ url: ADMINISTRATION_DUE, valueDateTime: input.due }],
    }),
    status: outcome.kind === "given" ? "completed" : "not-done",
    ...(outcome.kind === "not-given" && {
      statusReason: [{ text: notGiven(outcome) }],
    }),
    ...medicineOf(input.order),
    subject: { reference: `Patient/${input.patient}` },
    ...(input.encounter !== null && { context: { reference: `Encounter/${input.encounter}` } }),
    effectiveDateTime: input.at,
    performer: [
      { actor: { reference: `Practitioner/${input.author}` } },
      ...(second === null
        ? []
        : [{ function: WITNESS, actor: { reference: `Practitioner/${second.clinician}` } }]),
    ],
    request: { reference: `MedicationRequest/${input.order.id}` },
    ...dosageOf(input.order),
    ...(override !== null && {
      note: [
        {
          text: `Given in spite of ${override.allergies.map((one) => `AllergyIntolerance/${one}`).join(", ")}: ${override.reason}`,
        },
      ],
    }),
  };
  return {
    v: 1,
    uuid: input.uuid,
    kind: ADMINISTRATION,
    patient: input.patient,
    author: input.author,
    workstation: input.workstation,
    at: input.at,
    entries: [{ resource, base: null }],
  };
}

function notGiven({ reason, text }: Extract<GiveInput["outcome"], { kind: "not-given" }>): string {
  return text === "" ? NOT_GIVEN[reason] : `${NOT_GIVEN[reason]}: ${text}`;
}

/** CLINICAL: copied, never made anew: what was given is what was ordered. */
function medicineOf(order: FhirResource): Record<string, unknown> {
  const { medicationCodeableConcept, medicationReference, contained } = order;
  if (medicationCodeableConcept !== undefined) return { medicationCodeableConcept };
  return { medicationReference, ...(contained !== undefined && { contained }) };
}

function dosageOf(order: FhirResource): { dosage?: object } {
  const [line, another] = objects(field(order, "dosageInstruction"));
  // With several lines it is not for us to say which one was given: their words stand in the order.
  if (line === undefined || another !== undefined) return {};
  const text = dosageText(line);
  const quantity = field(objects(field(line, "doseAndRate"))[0], "doseQuantity");
  const dosage = {
    ...(text !== null && { text }),
    ...(field(line, "route") !== undefined && { route: object(field(line, "route")) }),
    ...(quantity !== undefined && { dose: object(quantity) }),
  };
  return Object.keys(dosage).length === 0 ? {} : { dosage };
}
