import type { FromBadge, ToBadge } from "../../../shared/badge.ts";
import type {
  BadgeView,
  EmergencyView,
  LockReason,
  SessionView,
} from "../../../shared/contract/index.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { Audit } from "../audit/index.ts";
import type { Policy } from "../policy/index.ts";
import type { OsEvent } from "../service.ts";
import type { Journal, Remote } from "../store/types.ts";
import type { DeviceSecrets, OpenVault, RosterMember, slotState } from "../vault/index.ts";
import type { verifyBadgeProof } from "./badge-proof.ts";
import type { KeptFailures } from "./pin-count.ts";

export interface SessionClock {
  now(): Date;
  /** Milliseconds that only ever go up, however the wall clock is set; may stand still while the PC sleeps. */
  monotonic(): number;
  /** The same, and it goes on while the PC sleeps (`os.uptime()`). Absent: sleep is known only from the shell. */
  sleepless?(): number;
}

export interface SessionTimers {
  /** Calls once after so many milliseconds; answers how to call it off. */
  after(milliseconds: number, call: () => void): () => void;
}

/** By what time entries begin and end: the wall clock's, or while that is doubtful a pair of moments. */
export type RosterTime = Parameters<typeof slotState>[1];

export interface SessionInput {
  /** Read at each sign-in: a PC that joins gets its pepper later. */
  readonly device: () => DeviceSecrets;
  readonly journal: Pick<
    Remote<Journal>,
    | "pinFailures"
    | "countPinFailure"
    | "clearPinFailures"
    | "raisePinFailures"
    | "putAccess"
    | "useEnvelope"
  >;
  /** Wrong PINs as the keychain keeps them (`keychainFailures`): an older journal put back frees no guess. */
  readonly failures: KeptFailures;
  readonly audit: Pick<Audit, "record" | "body">;
  readonly limits: Policy["session"];
  readonly site: string;
  readonly workstation: string;
  /** Ids of the wards this PC serves: what an emergency access sees. */
  readonly wards: readonly string[];
  readonly roster: {
    members(): readonly RosterMember[];
    makePendingSlots(vault: OpenVault): Promise<void>;
  };
  /** Absent: the clock's `now`. */
  readonly when?: () => RosterTime;
  /** Why nobody may sign in here now (sealed by IT, offline limit, wiped); null: they may. */
  readonly barred?: () => string | null;
  /** Opens the vault with a code out of a ward's envelope, and names the envelope. @throws EnvelopeRefused */
  readonly openEnvelope: (
    code: string,
  ) => Promise<{ readonly vault: OpenVault; readonly envelope: string }>;
  readonly verifyProof: typeof verifyBadgeProof;
  readonly random: (bytes: number) => Uint8Array;
  /** UUIDs, never twice. */
  readonly newId: () => string;
  readonly clock: SessionClock;
  readonly timers: SessionTimers;
  /** Somebody begins to sign in, and waits from now on. */
  readonly onAttempt?: () => void;
  /**
   * Opens the chart with the vault's keys. It copies what it keeps: the vault zeroes its own when it closes. An answer is the
   * vault to go on with, its key made new; the one before is closed then.
   */
  openRecords(vault: OpenVault): Promise<OpenVault | void>;
  /**
   * Flushes and closes the chart; what was saved before is committed. `dropKeys` is called as soon as nothing needs her keys
   * any more: the files may take longer.
   */
  closeRecords(dropKeys: () => void): Promise<void>;
  /** What went wrong beside the way (an audit write, a slot): to the log, never to the page. */
  onProblem(what: string, error: unknown): void;
}

/** Who works here, as far as rooms need to know. */
export type Person = Pick<RosterEntry, "clinician" | "name" | "roles" | "wards">;

/** By which right. */
export type Access =
  | { readonly kind: "own" }
  | {
      readonly kind: "emergency";
      /** Of its row in the journal. */
      readonly id: string;
      /** As typed by who took it: nobody has proven it. */
      readonly name: string;
      readonly reason: string;
      /** The colleague whose PIN opened; null: the ward's envelope. */
      readonly by: RosterEntry | null;
      readonly until: Date;
    };

/** Proof of an open session. Ask `valid` again before an answer leaves: a lock may have come meanwhile. */
export interface Ticket {
  /**
   * Who acts. In an emergency access nobody on the roster: `emergency:` and the access's id, without a role, with the
   * wards this PC serves; fit for the audit trail, never an author (`vault.sign` rejects).
   */
  readonly clinician: Person;
  readonly access: Access;
  /** One for each session. Its colleague's or bearer's name is left out on purpose: `clinician` is who acts. */
  readonly vault: Pick<OpenVault, "keys" | "epoch" | "sign" | "signFacts">;
  /** Patients opened outside her remit in this session. */
  readonly overrides: ReadonlySet<string>;
  valid(): boolean;
}

export interface EmergencyRequest {
  readonly name: string;
  readonly reason: string;
  readonly way:
    | { readonly kind: "colleague"; readonly clinician: string; readonly pin: string }
    | { readonly kind: "envelope"; readonly code: string };
}

/** What the session knows of the contract's SessionView. */
export type SessionPart = Pick<
  SessionView,
  "state" | "clinician" | "clinicians" | "lastLock" | "idleLockAt"
> & { readonly badge: BadgeView; readonly emergency: EmergencyView | null };

export interface Session {
  /** @throws WrongPin, NotReady, NotJoined, Barred, Interrupted, Stopped, and what the journal or the chart throw */
  signIn(clinician: string, pin: string): Promise<void>;
  /** @throws as `signIn`, and EnvelopeRefused */
  emergency(request: EmergencyRequest): Promise<void>;
  /**
   * Does something that needs the PIN of who is signed in (changing it): asked for and counted like a sign-in's.
   * `work` throws PinRefused when the PIN is wrong; whatever else it throws counts as no try.
   * @throws WrongPin, NotReady, NotJoined, Locked, EmergencyRefused, and what `work` throws
   */
  withOwnPin<T>(ticket: Ticket, work: (member: RosterMember) => Promise<T>): Promise<T>;
  /**
   * A second clinician answers for something with her PIN, counted like a sign-in's. `work` signs with her key, which is
   * gone again when it ends. Never the one who is signed in.
   * @throws WrongPin, NotReady, NotJoined, Locked, EmergencyRefused
   */
  withWitness<T>(
    ticket: Ticket,
    second: { readonly clinician: string; readonly pin: string },
    work: (sign: OpenVault["sign"]) => Promise<T>,
  ): Promise<T>;
  /** Opens a patient outside her remit for this session; on disk before it is answered. @throws Locked, EmergencyRefused */
  override(ticket: Ticket, patient: string, reason: string): Promise<void>;
  lock(reason: Extract<LockReason, "user" | "os-lock" | "idle" | "page-lost">): void;
  /** Seals at once; resolves when the chart is closed and the key zeroed. */
  signOut(): Promise<void>;
  /** IT or the offline limit closes this PC: seals at once; resolves like `signOut`. */
  seal(): Promise<void>;
  /** Input the page saw. */
  activity(): void;
  osIdle(seconds: number): void;
  osEvent(event: OsEvent): void;
  pageLost(): void;
  /** What the badge process says, in its order. A removal is obeyed before this returns. */
  badge(message: FromBadge): void;
  /** The badge process ended: every badge is gone. To be called before another one's first message. */
  badgeLost(): void;
  /** Where questions to the badge process go. */
  onBadgeAsk(send: (message: ToBadge) => void): () => void;
  /** A keyboard-wedge reader typed this: it names, and locks; it never opens. */
  wedge(code: string): void;
  /** The card that lies on a reader, if it is one and has a UID: what enrolment puts on the roster. */
  cardThere(): { readonly presence: number; readonly uid: string; readonly piv: boolean } | null;
  /** The roster changed: whoever is signed in and no longer may be is signed out; who waits for a slot gets one. */
  rosterChanged(): void;
  /** @throws Locked */
  ticket(): Ticket;
  state(): "sealed" | "open" | "locked";
  view(): SessionPart;
  /** State, warning, badge or clinicians changed. */
  onChange(listener: () => void): () => void;
  /** Called when the session leaves `open`, after its tickets are already void. */
  onLock(listener: (reason: LockReason) => void): () => void;
  /** Seals for good; no sign-in afterwards. */
  stop(): Promise<void>;
}
