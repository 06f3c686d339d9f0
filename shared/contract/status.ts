import { z } from "zod";
import { Clinician, Instant } from "./parts.ts";
import { BadgeView, EmergencyView, Notice } from "./people.ts";

/** Why the session was last locked or sealed. */
export const LockReason = z.enum([
  "user",
  "idle",
  "sign-out",
  "service-start",
  "os-lock",
  "suspend",
  "page-lost",
  "policy",
  "badge-removed",
  "reader-lost",
  "other-badge",
  "display-off",
  "remote-session",
  "emergency-over",
]);
export type LockReason = z.infer<typeof LockReason>;

/** Why nobody can sign in here, in the order it is checked; null when somebody can. */
export const Obstacle = z.enum([
  /** Another Amanah works on the same files; this one goes on when that one has ended. */
  "already-running",
  "keychain-missing",
  "keychain-locked",
  /** It does not answer: it may be waiting for somebody. */
  "keychain-silent",
  "keys-lost",
  "wrong-key",
  "not-joined",
  "no-roster",
  "policy-invalid",
  "disk-full",
  "journal-damaged",
  /** That file turned out to be damaged at work and is being salvaged: seconds. */
  "mending",
  /** The control key has sealed this PC; a later statement lifts it. */
  "sealed-by-it",
  /** Too long without the HIS: an extension or an IT code re-opens. Nothing was destroyed. */
  "offline-limit",
  /** Wiped by a statement of the control key: to be joined anew. */
  "wiped",
  /** A file of a later version, a file without encryption, or a fault: nothing was changed. */
  "start-failed",
]);
export type Obstacle = z.infer<typeof Obstacle>;

/**
 * The state the lock screen and the top bar stand on. Carries no patient data, so it is answered in every state.
 */
export const SessionView = z.object({
  state: z.enum(["sealed", "open", "locked"]),
  clinician: Clinician.nullable(),
  /** The wards this PC serves. */
  wards: z.array(z.object({ id: z.string(), name: z.string(), nameAr: z.string().nullable() })),
  /** Who may sign in here; `pending`: on the roster, but her slot waits for the next open vault. */
  clinicians: z.array(
    Clinician.extend({ slot: z.enum(["ready", "pending", "revoked", "expired"]) }),
  ),
  lastLock: z.object({ reason: LockReason, at: Instant }).nullable(),
  /** Set while the idle warning counts down: the moment the lock will fall. */
  idleLockAt: Instant.nullable(),
  obstacle: Obstacle.nullable(),
  /** What happened, in plain words for IT; never clinical, never a key. */
  obstacleDetail: z.string().nullable(),
  workstation: z.string(),
  /** What IT set for this PC; whoever sits there may choose otherwise. */
  display: z.object({ locale: z.enum(["en", "ar"]), digits: z.enum(["latin", "arabic"]) }),
  badge: BadgeView,
  emergency: EmergencyView.nullable(),
  /** The ward's envelope would open this PC. */
  envelope: z.boolean(),
  /** How long an emergency access would last: said before it is taken. */
  emergencyMinutes: z.int().optional(),
  /** New people can enrol here: the policy names the desk, and the PC has joined. */
  enrols: z.boolean(),
  preview: z.boolean(),
  version: z.string(),
  /** ISO instant of the service's clock, with the workstation's offset. */
  now: Instant,
});
export type SessionView = z.infer<typeof SessionView>;

/** Why the HIS cannot be reached or believed, as far as it changes what a person should do. */
export const ConnectionCause = z.enum([
  "no-network",
  "no-name",
  "switched-off",
  "cut",
  /** It accepts a connection, or seems to, and says nothing. */
  "silent",
  /** It begins to answer, and stops or takes too long. */
  "slow",
  "busy",
  /** A portal or a proxy answers in its place. */
  "proxy",
  "not-fhir",
  /** It answers, and fails at everything that was asked. */
  "broken",
  /** Not of a CA that this PC trusts, revoked, or forged. */
  "certificate",
  /** Expired or not yet valid: the HIS's fault, or this PC's clock. */
  "certificate-time",
  "certificate-name",
  "no-tls",
  "sign-in",
  "unknown",
]);
export type ConnectionCause = z.infer<typeof ConnectionCause>;

/**
 * Connection to the HIS, as the top bar says it. `refused`: reachable, but it does not accept this workstation. `untrusted`:
 * what answers cannot prove that it is the HIS, which is no outage to be sat out but something IT must look at. `distrusted`: the
 * control key says that the HIS is not to be believed, whether it answers or not; nothing is taken from it or sent to it.
 */
export const Connection = z.object({
  state: z.enum([
    "starting",
    "live",
    "catching-up",
    "outage",
    "untrusted",
    "distrusted",
    "refused",
  ]),
  /** Since when this state holds. */
  since: Instant,
  /** While catching up: resources applied and expected, as far as known. */
  done: z.int().nullable(),
  total: z.int().nullable(),
  /** About how long that will still take; null while it cannot be told. */
  secondsLeft: z.int().nullable(),
  /** Server time up to which the ward is complete; null before the first sync. */
  asOf: Instant.nullable(),
  /** What to add to this PC's clock to get the HIS's; null while it cannot be told. */
  skewMs: z.int().nullable(),
  /** Why it is not there; null while it is. */
  cause: ConnectionCause.nullable(),
  /** When it is looked for again; null while it is there. */
  nextTry: Instant.nullable(),
  /** In plain words, for IT. */
  detail: z.string().nullable(),
});
export type Connection = z.infer<typeof Connection>;

export const Unsent = z.object({
  waiting: z.int(),
  parked: z.int(),
  oldest: Instant.nullable(),
  /** While many are being sent: how many have gone of how many, and about how long the rest takes. */
  drain: z.object({ done: z.int(), total: z.int(), secondsLeft: z.int().nullable() }).nullable(),
});
export type Unsent = z.infer<typeof Unsent>;

/** From when on a section is no longer new, and from when on it must not be relied on without asking. Policy. */
const Limits = z.object({ ageingMinutes: z.int(), staleMinutes: z.int() });
export const FreshnessByKind = z.object({
  ward: Limits,
  allergies: Limits,
  medicines: Limits,
  vitals: Limits,
  results: Limits,
  problems: Limits,
  notes: Limits,
});
export type FreshnessByKind = z.infer<typeof FreshnessByKind>;

/** What is always on screen. Answered in every state: no patient data in it. */
export const StatusView = z.object({
  session: SessionView,
  connection: Connection,
  unsent: Unsent,
  notices: z.array(Notice),
  freshness: FreshnessByKind,
  /** Policy: whether the HIS signs what its users change. If not, the screens say so once. */
  hisSigns: z.boolean(),
});
export type StatusView = z.infer<typeof StatusView>;
