import { z } from "zod";

/** Everything the trail can say. */
export const AuditKind = z.enum([
  "service-start",
  "service-stop",
  "device-keys-made",
  "join",
  /** The policy in force is another than at the start before. */
  "policy-changed",
  "policy-refused",
  "slots-made",
  "slot-removed",
  "roster-accepted",
  "statement-refused",
  "sign-in",
  "sign-in-refused",
  "lock",
  "sign-out",
  /** A badge should have proved itself, to re-open a locked session, and did not. */
  "badge-proof-refused",
  /** The keychain could not take the number of wrong PINs; the journal alone counts until it can. */
  "pin-count-unkept",
  "pin-changed",
  "emergency-access",
  "override",
  "access-reviewed",
  /** Somebody read who saw what: of one patient, or all of it. */
  "access-list-read",
  /** One person opened more records within minutes than is anybody's ordinary work: which, and how many. */
  "unusual-reading",
  "patient-read",
  /** The board of a ward was read, with these patients on it. */
  "ward-read",
  /** The hospital's patients were searched; by what and how many were found, never for whom. */
  "patient-sought",
  "patient-brought",
  "act-charted",
  "act-acknowledged",
  "act-parked",
  "act-retried",
  /** What differed at the HIS did not touch what was charted here: both stand. */
  "act-merged",
  /** Over without having been sent. */
  "act-settled",
  "act-offered-again",
  "refusal",
  /** A change of a safety-critical fact was held: of whom, which record, why; never what it says. */
  "gate",
  /** A clinician has accepted a held change, or kept what was there. */
  "gate-decision",
  /** A medicine was not given because an allergy speaks against it: which order, which records. */
  "allergy-stop",
  /** It was given all the same: by whom, and who answered for it beside her. */
  "allergy-override",
  "sync-alarm",
  /** The trail is not what was signed: found at a start, against the keychain. */
  "trail-broken",
  /** Somebody had the whole trail checked. */
  "trail-verified",
  "damage",
  "rollback",
  "escrow-damaged",
  "seal",
  "rotation",
  "clock-doubtful",
  "offline-limit",
]);
export type AuditKind = z.infer<typeof AuditKind>;

/**
 * SECURITY: the trail is readable with the device key alone and leaves the PC, so a detail is a short code (an id, a
 * resource type, a reason in one word): never clinical text, a token or a PIN. Anything with a blank in it is refused.
 */
const Code = z.string().regex(/^[\w.:/|@+-]{0,128}$/u, "a short code without blanks");

/** A larger ward's board is several entries. */
export const MOST_PATIENTS = 200;

export const AuditEvent = z.strictObject({
  v: z.literal(1).default(1),
  at: z.iso.datetime({ offset: true }),
  kind: AuditKind,
  /** The clinician who acted; null when the workstation did by itself. */
  clinician: Code.nullable(),
  workstation: Code,
  /** Logical id of the Patient. */
  patient: Code.optional(),
  /** Of a reading of many at once: logical ids of the Patients. */
  patients: z.array(Code).max(MOST_PATIENTS).optional(),
  detail: z.record(Code, z.union([Code, z.number(), z.boolean()])).default({}),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** An event as its author states it: when and on which PC is added by the trail. */
export interface AuditNote {
  readonly kind: AuditKind;
  /** Omitted or null: the workstation itself. */
  readonly clinician?: string | null;
  readonly patient?: string;
  /** At most {@link MOST_PATIENTS}. */
  readonly patients?: readonly string[];
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** The text that is chained: JSON on one line. @throws ZodError for what may not stand in the trail. */
export function auditBody(event: z.input<typeof AuditEvent>): string {
  return JSON.stringify(AuditEvent.parse(event));
}
