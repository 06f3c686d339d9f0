import { z } from "zod";
import {
  ActState,
  Age,
  Allergy,
  Clinician,
  Instant,
  News2,
  Note,
  PatientBanner,
  PatientName,
  Problem,
  Result,
  SectionState,
  Sex,
  VitalSet,
} from "./parts.ts";

import { FactSide, Hold, Standing } from "./guard.ts";
import { ActKind } from "../trust/index.ts";
import { PatientOrder } from "./medicines.ts";
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
 * what answers cannot prove that it is the HIS, which is no outage to be sat out but something IT must look at.
 */
export const Connection = z.object({
  state: z.enum(["starting", "live", "catching-up", "outage", "untrusted", "refused"]),
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

export const BoardRow = z.object({
  /** Null for an empty bed. */
  patient: z.string().nullable(),
  bed: z.string(),
  name: PatientName.nullable(),
  age: Age.nullable(),
  sex: Sex.nullable(),
  identifier: z.string().nullable(),
  /** The latest set's score, its time, and how it moved against the set before; null: no vitals known. */
  news2: z
    .object({
      score: News2,
      at: Instant,
      trend: z.enum(["up", "down", "same"]).nullable(),
      /** The last set with a total, when the latest has none because it is incomplete: a high score stays in sight. */
      lastTotal: z.object({ score: News2, at: Instant }).optional(),
    })
    .nullable(),
  allergies: z.enum(["listed", "listed-high", "none-known", "not-recorded", "not-loaded"]),
  /** Allergy records that could not be read; shown beside the mark above. */
  unreadable: z.int(),
  due: z.int(),
  overdue: z.int(),
  unsent: z.int(),
  /** Doses of the last day that were given twice for one due time. */
  doubleDoses: z.int().optional(),
  holds: z.int(),
  loaded: z.boolean(),
  damaged: z.boolean(),
  /** The oldest `asOf` of the patient's sections. */
  asOf: Instant.nullable(),
  /** Whether what the columns are made from has arrived: until then an empty one says nothing. */
  arrived: z.object({ vitals: z.boolean(), medicines: z.boolean() }),
  /** Outside her remit: bed and identity only; opening asks for a reason. */
  outside: z.boolean(),
});
export type BoardRow = z.infer<typeof BoardRow>;

export const WardBoard = z.object({
  ward: z.object({ id: z.string(), name: z.string(), nameAr: z.string().nullable() }),
  rows: z.array(BoardRow),
  asOf: Instant.nullable(),
  /** Server time up to which it is known who lies where; null: not yet, and no bed can be called empty. */
  bedsAsOf: Instant.nullable(),
  /** Patients of the ward whose record is not wholly loaded yet. */
  loading: z.int(),
});
export type WardBoard = z.infer<typeof WardBoard>;

export const PatientView = z.object({
  banner: PatientBanner,
  /** By which right it is open; an override and an emergency access are marked throughout. */
  access: z.enum(["remit", "override", "emergency"]),
  problems: z.array(Problem),
  problemsSection: SectionState,
  allergies: z.array(Allergy),
  medicines: z.array(PatientOrder),
  medicinesSection: SectionState,
  /** Doses given more than once for one due time, in the last two days. */
  doubleDoses: z
    .array(
      z.object({
        medicine: z.string(),
        due: Instant.nullable(),
        doses: z.array(z.object({ at: Instant, by: z.string().nullable(), here: z.boolean() })),
      }),
    )
    .optional(),
  /** Newest first, at most the last 72 h or 60 sets. */
  vitals: z.array(VitalSet),
  vitalsSection: SectionState,
  /** CLINICAL: NEWS2 is not for pregnancy; as the record states it. */
  pregnant: z.boolean(),
  /** The SpO2 scale a clinician has set (RCP NEWS2: scale 2 for hypercapnic respiratory failure). */
  spo2Scale: z.union([z.literal(1), z.literal(2)]),
  /** Newest first. */
  results: z.array(Result),
  resultsSection: SectionState,
  notes: z.array(Note),
  notesSection: SectionState,
  /** Changes of safety-critical facts that were not applied. */
  holds: z.array(Hold),
  /** How safety-critical facts stand, by `Type/id`; who is not named is *first seen here*. */
  standings: z.record(z.string(), Standing),
  /** What an order said before it was changed unsigned, by its id. */
  changedOrders: z.record(z.string(), FactSide.shape.lines.unwrap()),
});
export type PatientView = z.infer<typeof PatientView>;

/** One field of a resource that three versions do not agree about; the words are for a reader, codes as FHIR has them. */
const ConflictField = z.object({
  field: z.string(),
  /** What was charted here was based on. */
  base: z.string().nullable(),
  mine: z.string().nullable(),
  theirs: z.string().nullable(),
  /** A clinician decides; else it was merged by its rule. */
  decide: z.boolean(),
});

export const Conflict = z.object({
  items: z.array(
    z.object({
      /** `type/id`. */
      resource: z.string(),
      /** Names of the vital signs it holds, if it does. */
      vitals: z.array(z.string()),
      what: z.string(),
      at: z.string().nullable(),
      /** False: theirs is about another patient, finding or time now. */
      mineIsPossible: z.boolean(),
      fields: z.array(ConflictField),
    }),
  ),
});
export type Conflict = z.infer<typeof Conflict>;

export const OutboxEntry = z.object({
  uuid: z.string(),
  /** Its place in the order of this PC's charting. */
  number: z.int(),
  kind: ActKind,
  patient: z.string(),
  /** Null while the chart is closed or the patient is not in the cache. */
  patientName: PatientName.nullable(),
  bed: z.string().nullable(),
  author: Clinician,
  at: Instant,
  /** When it was put in the outbox. */
  queuedAt: Instant,
  state: ActState,
  attempts: z.int(),
  nextAttempt: Instant.nullable(),
  /** Why it waits or was parked, in plain words from the HIS or from us. */
  reason: z.string().nullable(),
  /** The same as a code, which the page words. */
  why: z
    .enum([
      "conflict",
      "refused",
      "failing",
      "partly",
      "gone",
      "unreadable",
      "withdrawn",
      "late",
      "kept-theirs",
      "decided",
      "offered-again",
    ])
    .nullable(),
  /** The reason its author gave: of a correction or a withdrawal. */
  said: z.string().nullable(),
  settledAt: Instant.nullable(),
  conflict: Conflict.nullable(),
  values: z.record(z.string(), z.string()),
  /** Names of values that a correction marks as entered in error. */
  wrong: z.array(z.string()),
});
export type OutboxEntry = z.infer<typeof OutboxEntry>;

/** How the audit trail is not what was written, and the number of the first entry it concerns. */
const TrailBreak = z.object({
  at: z.int(),
  how: z.enum(["changed", "missing", "cut-off", "replaced", "head-forged", "anchor-missing"]),
});

/** The audit trail of this PC, as IT and the security officer see it. */
const TrailView = z.object({
  entries: z.int(),
  /** The last entry that a head signed by this PC covers. */
  signedTo: z.int().nullable(),
  signedAt: Instant.nullable(),
  /** Found when Amanah started, and kept: a trail that grew on over a break is not whole. */
  breaks: z.array(TrailBreak.extend({ found: Instant })),
  /** Entries that the HIS has not yet, and AuditEvents that it refused for good. */
  unsent: z.int(),
  refused: z.int(),
  /** The last check of the whole trail since the start. */
  check: z.object({
    state: z.enum(["never", "running", "done", "failed"]),
    checked: z.int(),
    of: z.int(),
    at: Instant.nullable(),
    whole: z.boolean().nullable(),
    broken: TrailBreak.nullable(),
  }),
});

/** The sync as IT sees it: names of types, numbers and times. */
export const SyncView = z.object({
  types: z.array(
    z.object({
      type: z.string(),
      /** Server time that the next question goes on from. */
      cursor: Instant.nullable(),
      lastPage: Instant.nullable(),
      /** Server time up to which it is applied without gaps; null also while the vault is closed. */
      asOf: Instant.nullable(),
      /** Resources in the chart; null while the vault is closed. */
      held: z.int().nullable(),
      /** When it was last asked what the HIS has deleted. */
      deletionsAt: Instant.nullable(),
      problem: z.string().nullable(),
      deletionsProblem: z.string().nullable(),
    }),
  ),
  /** What is stuck and belongs to no one type. */
  problems: z.array(z.object({ what: z.string(), problem: z.string() })),
  /** Acts not at the HIS: never tried, tried at least once, parked. */
  unsent: z.object({ first: z.int(), again: z.int(), parked: z.int() }),
  /** The line to the HIS; null until this PC knows its HIS. */
  line: z
    .object({
      server: z
        .object({
          software: z.string().nullable(),
          fhirVersion: z.string(),
          transaction: z.boolean(),
          /** Of the types kept here, for how many it offers history, and takes ids that this client gives. */
          history: z.enum(["all", "some", "none"]),
          clientIds: z.enum(["all", "some", "none"]),
        })
        .nullable(),
      /** Newest first. */
      changes: z.array(
        z.object({
          at: Instant,
          state: Connection.shape.state,
          cause: ConnectionCause.nullable(),
          detail: z.string().nullable(),
        }),
      ),
      requestsLastHour: z.int(),
      roundTripMs: z.int().nullable(),
      /** Whether the HIS tells this PC by itself when something changes (Subscriptions). */
      nudges: z.enum(["not-offered", "listening", "off"]),
      skew: z.object({ offsetMs: z.int(), plusMinusMs: z.int() }).nullable(),
      nextTry: Instant.nullable(),
    })
    .nullable(),
});
export type SyncView = z.infer<typeof SyncView>;

/** What IT sees; every value is a fact of this PC, none of a patient. */
export const WorkstationView = z.object({
  policy: z.array(
    z.object({ key: z.string(), value: z.string(), source: z.enum(["default", "file"]) }),
  ),
  policyProblem: z.string().nullable(),
  keychain: z.object({ backend: z.string(), ok: z.boolean(), detail: z.string().nullable() }),
  files: z.array(
    z.object({
      name: z.enum(["journal.db", "chart.db"]),
      bytes: z.number(),
      cipher: z.string(),
      damaged: z.int(),
    }),
  ),
  versions: z.record(z.string(), z.string()),
  sync: SyncView,
  inboxPages: z.int(),
  /** The pack of the drug-allergy check; null: none. */
  knowledge: z
    .object({ version: z.string(), title: z.string(), validTo: Instant, expired: z.boolean() })
    .nullable(),
  audit: TrailView,
});
export type WorkstationView = z.infer<typeof WorkstationView>;
