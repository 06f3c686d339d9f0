import { z } from "zod";
import { Badge, ClinicianRole, PersonName } from "../trust/index.ts";
import { BadgeWatch } from "../badge.ts";
import { Clinician, Instant, PatientName } from "./parts.ts";

/** The badge as the lock screen shows it. */
export const BadgeView = z.object({
  policy: z.enum(["off", "optional", "required"]),
  /** Whether PC/SC would see a removal; `off` where policy wants no badge. */
  watch: z.union([BadgeWatch, z.literal("off")]),
  /** Whose badge lies on the reader. */
  clinician: z.string().nullable(),
  /** A card that is on nobody's roster entry. */
  unknown: z.boolean(),
  /** The badge there would re-open the locked session without a PIN: it proves itself and the grace time runs. */
  reopens: z.boolean(),
  /** It was asked to, and did not: its owner types her PIN. */
  unproven: z.boolean(),
  /** A keyboard-wedge reader is in use: fast typing that ends with Enter is a badge, not a PIN. */
  wedge: z.boolean(),
});
export type BadgeView = z.infer<typeof BadgeView>;

/** While somebody works here by emergency access; shown throughout. */
export const EmergencyView = z.object({
  /** As typed by who took it: nobody has proven it. */
  name: z.string(),
  reason: z.string(),
  /** The colleague whose PIN opened; null: the ward's envelope. */
  by: Clinician.nullable(),
  until: Instant,
});
export type EmergencyView = z.infer<typeof EmergencyView>;

/** What everybody at this PC must know beside the connection. Never clinical. */
export const Notice = z.object({
  kind: z.enum([
    /** The control key says the HIS is not to be believed; nothing is pulled or applied. */
    "his-distrusted",
    /** A file older than the one last written was found: what is shown may lack what was written since. */
    "rollback",
    /** This PC's clock jumped; nothing expires until the HIS's time is known. */
    "time-doubtful",
    /** This PC's clock and the HIS's differ by more than policy allows; times charted here are by this PC's. */
    "clock-skew",
    /** The offline limit will seal this PC at `since`. */
    "offline-limit-near",
    /** Keys were to be made new and could not. */
    "rotation-failed",
  ]),
  since: Instant.nullable(),
  /** For IT, in plain words. */
  detail: z.string().nullable(),
});
export type Notice = z.infer<typeof Notice>;

/** What is wrong with a PIN somebody wants. */
export const PinProblem = z.enum([
  "not-digits",
  "too-short",
  "too-long",
  /** 111111, 123456, 121212. */
  "run",
  /** Her birthday, or any date written as DDMMYY and the like. */
  "birthday",
  "same",
]);
export type PinProblem = z.infer<typeof PinProblem>;

/** Enrolment, step by step, as the enrolment screen shows it. */
export const EnrolmentView = z.object({
  phase: z.enum([
    "idle",
    /** The system browser is open; `url` is what it should show, for who must type it. */
    "signing-in",
    /** The HIS said who it is: her PIN, twice, and her badge are wanted. */
    "identified",
    "sending",
    /** With the desk: `confirmation` is read out or shown there. */
    "waiting",
    "done",
    "failed",
  ]),
  url: z.string().nullable(),
  person: Clinician.nullable(),
  badge: Badge.pick({ uid: true }).nullable(),
  /** Six digits that the desk sees too. */
  confirmation: z.string().nullable(),
  /** What happened, what was kept, what to do. */
  problem: z
    .enum([
      "sign-in-refused",
      "sign-in-timeout",
      "not-a-practitioner",
      "his-unreachable",
      "desk-unreachable",
      "desk-refused",
      "not-joined",
    ])
    .nullable(),
  detail: z.string().nullable(),
});
export type EnrolmentView = z.infer<typeof EnrolmentView>;

/** One override or emergency access, for those who review them. */
export const AccessEntry = z.object({
  id: z.uuid(),
  kind: z.enum(["override", "emergency"]),
  at: Instant,
  until: Instant.nullable(),
  /** Who did it: the clinician, or for emergency access the name as it was typed. */
  clinician: Clinician.nullable(),
  name: z.string().nullable(),
  /** The colleague whose PIN opened an emergency access. */
  by: Clinician.nullable(),
  patient: z.string().nullable(),
  patientName: PatientName.nullable(),
  reason: z.string(),
  workstation: z.string(),
  reviewedBy: Clinician.nullable(),
  reviewedAt: Instant.nullable(),
});
export type AccessEntry = z.infer<typeof AccessEntry>;

/** Who may open this PC's vault, and what IT has ordered; facts of this PC, none of a patient. */
export const KeysView = z.object({
  slots: z.array(
    z.object({
      /** A clinician's id, or `envelope:` and an envelope's. */
      holder: z.string(),
      name: PersonName.nullable(),
      roles: z.array(ClinicianRole),
      state: z.enum(["ready", "pending", "revoked", "expired", "used"]),
      validTo: Instant,
      badges: z.int(),
      wrongPins: z.int(),
    }),
  ),
  statements: z.array(
    z.object({ kind: z.string(), subject: z.string(), number: z.int(), expiresAt: Instant }),
  ),
  /** Statements of the HIS that were refused since the start, by reason. */
  refused: z.array(z.object({ reason: z.string(), count: z.int() })),
  vaultEpoch: z.int().nullable(),
  deviceKeyFrom: Instant.nullable(),
  /** `grave`: at least one file is older than the keychain says. */
  rollback: z.object({ checked: z.boolean(), found: z.array(z.string()) }),
  offline: z.object({
    limitAt: Instant.nullable(),
    extendedUntil: Instant.nullable(),
    lastHeard: Instant.nullable(),
  }),
  time: z.object({ doubtful: z.boolean(), detail: z.string().nullable() }),
  sealedByIt: z.string().nullable(),
  hisTrusted: z.boolean(),
  /** What IT reads out to get a spoken code; null while nothing asks for one. */
  itChallenge: z.string().nullable(),
});
export type KeysView = z.infer<typeof KeysView>;
