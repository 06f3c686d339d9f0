import { z } from "zod";
import { Allergy, Instant, MedicineOrder } from "./parts.ts";

/** Why an answer of the drug-allergy check may not be whole. */
export const NotChecked = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("allergies-not-loaded") }),
  z.object({ kind: z.literal("allergies-damaged") }),
  z.object({ kind: z.literal("allergies-unreadable"), count: z.int() }),
  z.object({ kind: z.literal("no-pack") }),
  z.object({ kind: z.literal("pack-expired"), since: z.string() }),
  z.object({ kind: z.literal("medicine-unknown") }),
  z.object({ kind: z.literal("allergy-unknown"), substance: z.string() }),
]);

/** One allergy record that speaks against a medicine, and why. */
export const AllergyReason = z.object({
  allergy: Allergy,
  /** Versions of the record that say so; `claimed`: one that the guard holds back. */
  provenance: z.array(z.enum(["effective", "claimed"])).readonly(),
  severe: z.boolean(),
  match: z.object({
    kind: z.enum(["ingredient", "class-named", "class", "cross", "words"]),
    strength: z.enum(["definite", "possible", "remote"]),
    /** `text`, `misspelt`: found by words, not by a code. */
    found: z.enum(["code", "text", "misspelt"]),
    allergen: z.string(),
    medicine: z.string(),
    className: z.string().nullable(),
    evidence: z.string().nullable(),
  }),
  action: z.enum(["stop", "inform"]),
  /** What was tolerated since; it never lowers what stops. */
  tolerance: z
    .array(
      z.object({
        kind: z.enum(["given", "given-class", "refuted"]),
        what: z.string(),
        at: z.string().nullable(),
      }),
    )
    .readonly(),
});
export type AllergyReason = z.infer<typeof AllergyReason>;

/** The drug-allergy check of one medicine (`shared/clinical/drug-allergy`). `none` is no promise: see `notChecked`. */
export const MedicineCheck = z.object({
  action: z.enum(["stop", "inform", "none"]),
  reasons: z.array(AllergyReason).readonly(),
  notChecked: z.array(NotChecked).readonly(),
});
export type MedicineCheck = z.infer<typeof MedicineCheck>;

/** An order as a patient's screen shows it. */
export const PatientOrder = MedicineOrder.extend({
  /** The version shown: giving names it, so that an order changed meanwhile is looked at again. */
  version: z.string().nullable(),
  /** Null for what is over. */
  check: MedicineCheck.nullable(),
});

/** Why a dose was not given. */
export const NotGivenReason = z.enum([
  "refused",
  "not-available",
  "nil-by-mouth",
  "asleep",
  "off-ward",
  "clinical",
  "other",
]);

/** What a nurse compares before each dose. */
export const FIVE_RIGHTS = ["patient", "medicine", "dose", "route", "time"] as const;
/** Those; and, where the order was changed and nobody signed that, what it was with what it is. */
export const Comparison = z.enum([...FIVE_RIGHTS, "change"]);
export type Comparison = z.infer<typeof Comparison>;

/** What a nurse says of one dose. */
export const GiveInput = z.object({
  /** Made by the page once per dialog, so that a repeated save is the same act. */
  uuid: z.uuid(),
  patient: z.string(),
  /** Id of the MedicationRequest, and the version and due time that were on the screen. */
  order: z.string(),
  version: z.string().nullable(),
  due: Instant.nullable(),
  at: Instant,
  outcome: z.discriminatedUnion("kind", [
    /** CLINICAL: `compared` is her word, given in front of the patient; without it no dose is charted as given. */
    z.object({
      kind: z.literal("given"),
      compared: z.array(Comparison).max(Comparison.options.length),
    }),
    z.object({
      kind: z.literal("not-given"),
      reason: NotGivenReason,
      text: z.string().trim().max(300),
    }),
  ]),
  /** Giving in spite of a stop: why, and the records that were on the screen. */
  override: z
    .object({
      reason: z.string().trim().min(4).max(500),
      allergies: z.array(z.string()),
      /** A second clinician, where one is needed. */
      second: z.object({ clinician: z.string(), pin: z.string().min(4).max(64) }).nullable(),
    })
    .nullable(),
});
export type GiveInput = z.infer<typeof GiveInput>;

/** Why an order cannot be given now; nothing was charted. */
export const NotAdministrable = z.enum([
  "gone",
  "not-active",
  "over",
  /** The HIS holds it as something else than a doctor signed on this PC. */
  "ordered-otherwise",
]);
