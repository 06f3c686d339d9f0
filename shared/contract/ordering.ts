import { z } from "zod";
import { HowOften } from "./how-often.ts";
import { MedicineCheck } from "./medicines.ts";
import { ActState, Instant } from "./parts.ts";

/** Line breaks, and marks that turn the direction of what stands beside them, are no part of a medicine's name. */
const ONE_LINE = /^[^\p{Cc}\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]*$/u;

/** A medicine that the knowledge pack names. */
export const NamedMedicine = z.object({
  system: z.string().max(200),
  code: z.string().max(64),
  name: z.string(),
  /** The other name or brand it was found by, in folded words. */
  by: z.string().nullable(),
});
export type NamedMedicine = z.infer<typeof NamedMedicine>;

/** What is ordered. SECURITY: of a coded medicine the page names the code alone: its words are the service's. */
export const MedicineChoice = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("coded"), system: z.string().max(200), code: z.string().max(64) }),
  /** Not in the pack: ordered in words, and marked so. */
  z.object({ kind: z.literal("words"), words: z.string().trim().min(3).max(120).regex(ONE_LINE) }),
]);
export type MedicineChoice = z.infer<typeof MedicineChoice>;

/** CLINICAL: written out ("units", "mcg"): U, IU and µg are misread (ISMP's list of error-prone abbreviations). */
export const DoseUnit = z.enum(["mg", "g", "mcg", "mL", "units", "mmol", "tablet", "puff", "drop"]);
export type DoseUnit = z.infer<typeof DoseUnit>;

export const OrderRoute = z.enum([
  "oral",
  "sublingual",
  "intravenous",
  "intramuscular",
  "subcutaneous",
  "inhaled",
  "rectal",
]);
export type OrderRoute = z.infer<typeof OrderRoute>;

const ClockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u);

/** How often: every day at these times, or when needed and at most so often in 24 hours. */
export const OrderFrequency = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("times"), times: z.array(ClockTime).min(1).max(12) }),
  z.object({
    kind: z.literal("as-needed"),
    most: z.int().min(1).max(24),
    /** What for: "pain". */
    reason: z.string().trim().min(2).max(120).regex(ONE_LINE),
  }),
]);
export type OrderFrequency = z.infer<typeof OrderFrequency>;

/** What of a medicine is ordered. */
export const OrderedDose = z.object({
  dose: z.object({ value: z.number().positive().max(1_000_000), unit: DoseUnit }),
  route: OrderRoute,
  frequency: OrderFrequency,
  start: Instant,
  end: Instant.nullable(),
  /** Why, in the doctor's words; may be empty. */
  reason: z.string().trim().max(300),
});
export type OrderedDose = z.infer<typeof OrderedDose>;

export const OrderInput = OrderedDose.extend({
  /** Made by the page once per dialog, so that a repeated save is the same act. */
  uuid: z.uuid(),
  patient: z.string(),
  /** When it was signed first. */
  at: Instant,
  medicine: MedicineChoice,
  /** Orders of the same substance that were on her screen, and that she wants it beside. */
  beside: z.array(z.string()).max(200),
  /** Ordering in spite of a stop: why, and the records that were on the screen. */
  override: z
    .object({
      reason: z.string().trim().min(4).max(500),
      allergies: z.array(z.string()),
      /** A second clinician, where one is needed. */
      second: z.object({ clinician: z.string(), pin: z.string().min(4).max(64) }).nullable(),
    })
    .nullable(),
});
export type OrderInput = z.infer<typeof OrderInput>;

/** What of an order cannot be as it is. */
export const OrderProblem = z.enum(["dose", "times", "start", "end"]);
export type OrderProblem = z.infer<typeof OrderProblem>;

/** Why nothing can be ordered for a patient here; nothing was charted. */
export const NotOrderable = z.enum([
  /** His record was merged into another: there. */
  "merged",
  /** Who he is was changed, and nobody has decided yet. */
  "identity-held",
  /** His allergies or his medicines are not on this PC yet. */
  "not-loaded",
  "deceased",
  /** The code is not (any more) in the knowledge pack. */
  "medicine-unknown",
]);
export type NotOrderable = z.infer<typeof NotOrderable>;

/** An order that may be given already, of the same substance. */
export const SameSubstance = z.object({
  id: z.string(),
  medicine: z.string(),
  dose: z.string().nullable(),
  frequency: z.array(HowOften),
  status: z.enum(["active", "on-hold"]),
  /** Charted on this PC, and not in the record yet. */
  here: z.boolean(),
});
export type SameSubstance = z.infer<typeof SameSubstance>;

/** What stands against an order of a medicine, before it is signed. */
export const OrderCheck = z.object({
  medicine: z.string(),
  /** False: in words only. */
  coded: z.boolean(),
  check: MedicineCheck,
  same: z.array(SameSubstance),
});
export type OrderCheck = z.infer<typeof OrderCheck>;

/**
 * An order charted on this PC that the record does not hold yet. CLINICAL: of another shape than an order of the record: it is
 * nothing to give by.
 */
export const OrderedHere = z.object({
  act: z.string(),
  /** `acknowledged`: at the HIS, and not come back yet. */
  state: ActState,
  at: Instant,
  by: z.string().nullable(),
  medicine: z.string(),
  coded: z.boolean(),
  dose: z.string().nullable(),
  route: z.string().nullable(),
  frequency: z.array(HowOften),
  asNeeded: z.boolean(),
  check: MedicineCheck,
  /** The HIS took it, and has sent this patient's orders since without it. */
  missing: z.boolean(),
});
export type OrderedHere = z.infer<typeof OrderedHere>;
