import { z } from "zod";
import { FhirId } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { isObject } from "./page.ts";
import { FHIR_DATE, isPlainObservation, OBSERVATION_STATUS } from "./plain-observation.ts";

/**
 * The fields this client relies on, type by type (FHIR R4). What is not named here is kept as it came: the resource itself
 * is handed on, so these parts need not be copied whole (`object`), only what a rule looks at as a whole (`looseObject`). Strict where a
 * misreading could harm: a status this client does not know is not a status it may guess.
 */
const Coding = z.object({
  system: z.string().optional(),
  code: z.string().optional(),
  display: z.string().optional(),
});
const Concept = z.object({ coding: z.array(Coding).optional(), text: z.string().optional() });
/** A concept that names something a person can read. */
const Named = Concept.refine(
  (concept) =>
    Boolean(concept.text) ||
    concept.coding?.some((coding) => Boolean(coding.display ?? coding.code)),
  "names nothing",
);
const Reference = z.object({
  reference: z.string().optional(),
  display: z.string().optional(),
});
const FhirDate = z.string().regex(FHIR_DATE, "is no FHIR date");
const Quantity = z.object({ value: z.number().optional(), unit: z.string().optional() });
const Period = z.object({ start: FhirDate.optional(), end: FhirDate.optional() });
const status = (...codes: readonly [string, ...string[]]) => z.enum(codes);
/** A CodeableConcept whose code must be one of a required binding's. */
const bound = (...codes: readonly string[]) =>
  Concept.refine(
    (concept) => {
      const found = (concept.coding ?? [])
        .map(({ code }) => code)
        .filter((code) => code !== undefined);
      return found.length > 0 && found.every((code) => codes.includes(code));
    },
    `is none of ${codes.join(", ")}`,
  );
/** FHIR allows one of `value[x]`; two would be two truths. */
const oneOf = (stem: string) => (resource: Record<string, unknown>) =>
  Object.keys(resource).filter(
    (key) => key.startsWith(stem) && /^[A-Z]/u.test(key.slice(stem.length)),
  ).length <= 1;

const base = { resourceType: z.string(), id: FhirId };
const medicine = {
  medicationCodeableConcept: Named.optional(),
  medicationReference: Reference.optional(),
};
/** A medicine nobody can name must not look like an order that can be given. */
const namesMedicine = (resource: {
  medicationCodeableConcept?: unknown;
  medicationReference?:
    | { reference?: string | undefined; display?: string | undefined }
    | undefined;
  contained?: unknown;
}): boolean =>
  resource.medicationCodeableConcept !== undefined ||
  Boolean(resource.medicationReference?.display) ||
  Boolean(resource.medicationReference?.reference?.startsWith("#"));

const REQUEST_STATUS = [
  "draft",
  "active",
  "on-hold",
  "revoked",
  "completed",
  "entered-in-error",
  "unknown",
] as const;
const Measured = {
  valueQuantity: Quantity.optional(),
  valueCodeableConcept: Concept.optional(),
  valueString: z.string().optional(),
};

const schemas: Record<string, z.ZodType> = {
  Patient: z.looseObject({
    ...base,
    name: z
      .array(
        z.looseObject({
          family: z.string().optional(),
          given: z.array(z.string()).optional(),
          text: z.string().optional(),
        }),
      )
      .min(1),
    birthDate: FhirDate.optional(),
    gender: z.enum(["male", "female", "other", "unknown"]).optional(),
    identifier: z.array(z.looseObject({ value: z.string().optional() })).optional(),
    deceasedBoolean: z.boolean().optional(),
    deceasedDateTime: FhirDate.optional(),
  }),
  AllergyIntolerance: z.looseObject({
    ...base,
    code: Named,
    clinicalStatus: bound("active", "inactive", "resolved").optional(),
    verificationStatus: bound("unconfirmed", "confirmed", "refuted", "entered-in-error").optional(),
    criticality: z.enum(["low", "high", "unable-to-assess"]).optional(),
    category: z.array(z.enum(["food", "medication", "environment", "biologic"])).optional(),
    recordedDate: FhirDate.optional(),
    reaction: z
      .array(
        z.looseObject({
          manifestation: z.array(Concept).min(1),
          severity: z.enum(["mild", "moderate", "severe"]).optional(),
        }),
      )
      .optional(),
  }),
  MedicationRequest: z
    .looseObject({
      ...base,
      ...medicine,
      status: status(
        "active",
        "on-hold",
        "cancelled",
        "completed",
        "entered-in-error",
        "stopped",
        "draft",
        "unknown",
      ),
      intent: z.string().min(1),
      doNotPerform: z.boolean().optional(),
      authoredOn: FhirDate.optional(),
      dosageInstruction: z
        .array(
          z.looseObject({ text: z.string().optional(), asNeededBoolean: z.boolean().optional() }),
        )
        .optional(),
    })
    .refine(namesMedicine, "names no medicine")
    .refine(oneOf("medication"), "names two medicines"),
  MedicationAdministration: z
    .looseObject({
      ...base,
      ...medicine,
      status: status(
        "in-progress",
        "not-done",
        "on-hold",
        "completed",
        "entered-in-error",
        "stopped",
        "unknown",
      ),
      effectiveDateTime: FhirDate.optional(),
      effectivePeriod: Period.optional(),
    })
    .refine(namesMedicine, "names no medicine"),
  Flag: z.looseObject({
    ...base,
    status: status("active", "inactive", "entered-in-error"),
    code: Named,
    period: Period.optional(),
  }),
  ServiceRequest: z.looseObject({
    ...base,
    status: status(...REQUEST_STATUS),
    intent: z.string().min(1),
    code: Named.optional(),
    doNotPerform: z.boolean().optional(),
    authoredOn: FhirDate.optional(),
  }),
  Condition: z.looseObject({
    ...base,
    code: Named,
    clinicalStatus: Concept.optional(),
    verificationStatus: Concept.optional(),
  }),
  Observation: z
    .looseObject({
      ...base,
      ...Measured,
      status: status(...OBSERVATION_STATUS),
      code: Named,
      effectiveDateTime: FhirDate.optional(),
      effectivePeriod: Period.optional(),
      component: z
        .array(
          z
            .looseObject({ ...Measured, code: Concept })
            .refine(oneOf("value"), "carries two values"),
        )
        .optional(),
    })
    .refine(oneOf("value"), "carries two values"),
  DiagnosticReport: z.looseObject({
    ...base,
    status: z.string().min(1),
    code: Concept,
    effectiveDateTime: FhirDate.optional(),
  }),
  DocumentReference: z.looseObject({
    ...base,
    status: status("current", "superseded", "entered-in-error"),
    content: z
      .array(z.looseObject({ attachment: z.looseObject({ contentType: z.string().optional() }) }))
      .min(1),
  }),
  Encounter: z.looseObject({ ...base, status: z.string().min(1), period: Period.optional() }),
  Location: z.looseObject({ ...base, name: z.string().optional() }),
  Practitioner: z.looseObject({ ...base, name: z.array(z.looseObject({})).optional() }),
};

export type Readability =
  | { readonly ok: true; readonly resource: FhirResource }
  | { readonly ok: false; readonly reason: string };

/** Whether this client can read a resource without guessing; if not, why, in words that carry no clinical content. */
export function readable(resource: Record<string, unknown>): Readability {
  if (isPlainObservation(resource)) return { ok: true, resource: resource as FhirResource };
  return readableBySchema(resource);
}

/** The same by the schemas alone, which say what a client can read. */
export function readableBySchema(resource: Record<string, unknown>): Readability {
  const type = String(resource["resourceType"]);
  const schema = schemas[type];
  if (schema === undefined)
    return { ok: false, reason: `a ${type.slice(0, 40)} is of no type this client keeps` };
  const parsed = schema.safeParse(resource);
  // The resource itself is handed on, not zod's copy of it: what is not understood is kept unchanged.
  if (parsed.success) return { ok: true, resource: resource as FhirResource };
  const [issue] = parsed.error.issues;
  return {
    ok: false,
    reason: `${issue?.path.join(".") || type}: ${issue?.message ?? "is not valid"}`,
  };
}

const LONGEST = 300;

/** What text of an unreadable resource can still be shown to a clinician; null when there is none. */
export function salvagedText(resource: Record<string, unknown>): string | null {
  const narrative = isObject(resource["text"]) ? resource["text"]["div"] : null;
  const first = [
    conceptText(resource["code"]),
    conceptText(resource["medicationCodeableConcept"]),
    ...listOf(resource["note"]).map((note) => (isObject(note) ? note["text"] : null)),
    typeof narrative === "string" ? withoutTags(narrative) : null,
  ].find((text): text is string => typeof text === "string" && text.trim() !== "");
  return first === undefined ? null : first.trim().slice(0, LONGEST);
}

function conceptText(value: unknown): unknown {
  if (typeof value === "string") return value;
  if (!isObject(value)) return null;
  return (
    value["text"] ??
    listOf(value["coding"])
      .map((coding) => (isObject(coding) ? (coding["display"] ?? coding["code"]) : null))
      .find(Boolean)
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function withoutTags(html: string): string {
  return html.replaceAll(/<[^>]*>/gu, " ").replaceAll(/\s+/gu, " ");
}
