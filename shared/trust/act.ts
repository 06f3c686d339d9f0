import { z } from "zod";
import { FhirResource } from "../fhir/index.ts";

/**
 * What kinds of thing a clinician can chart. `order`: a medicine is to be given. `decision`: about a held change. `correction`: what was charted is put right, or
 * marked as entered in error. `withdrawal`: an unsent act is taken back. `resolution`: what is to stand after a conflict.
 */
export const ActKind = z.enum([
  "vitals",
  "decision",
  "administration",
  "order",
  "correction",
  "withdrawal",
  "resolution",
]);
export type ActKind = z.infer<typeof ActKind>;

/** The FHIR identifier system under which each resource of an act is known at the HIS by its own uuid. */
export const ACT_SYSTEM = "urn:amanah:act";
/** The FHIR identifier system that names, on each of an act's resources, the act it belongs to. */
export const ACT_SET_SYSTEM = "urn:amanah:act-set";

/**
 * The unit of charting, escrow, push, conflict and undo: one clinician's statement about one patient at one moment.
 * A set of vitals (about seven Observations) is one act and one FHIR transaction.
 */
export const Act = z.object({
  v: z.literal(1),
  uuid: z.uuid(),
  kind: ActKind,
  /** Logical id of the Patient. */
  patient: z.string().min(1),
  /** Logical id of the Practitioner who charted. */
  author: z.string().min(1),
  workstation: z.string().min(1),
  /** Clinical time: instant and offset, as the wall clock at the bedside showed it. */
  at: z.iso.datetime({ offset: true }),
  /** Why, of an act that changes something; and the unsent act it takes back or decides. */
  about: z.object({ act: z.uuid().nullable(), reason: z.string() }).optional(),
  entries: z
    .array(
      z.object({
        /** Carries our own UUID as `id` and, in `identifier`, under {@link ACT_SYSTEM}. */
        resource: FhirResource,
        /** The version it was based on; null for a new resource. */
        base: z.string().nullable(),
      }),
    )
    .min(1),
});
export type Act = z.infer<typeof Act>;

/** It takes back or decides another act, which it names in `about`. */
export function isAboutAnother({ kind }: Pick<Act, "kind">): boolean {
  return kind === "withdrawal" || kind === "resolution";
}

/** An act and its author's detached JWS (ES256) over the act's RFC 8785 canonical JSON. */
export const SignedAct = z.object({
  act: Act,
  signature: z.string().min(1),
  /** Her detached JWS over what it writes ({@link FactClaims}); absent where it writes nothing, or carries it itself. */
  facts: z.string().min(1).optional(),
  /** Who answered for it beside its author, with her own signature over the same act. */
  witness: z.object({ clinician: z.string().min(1), signature: z.string().min(1) }).optional(),
});
export type SignedAct = z.infer<typeof SignedAct>;
