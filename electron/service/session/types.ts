import type { LockReason, SessionView } from "../../../shared/contract/index.ts";
import type { RosterEntry } from "../../../shared/trust/index.ts";
import type { Audit } from "../audit/index.ts";
import type { Policy } from "../policy/index.ts";
import type { OsEvent } from "../service.ts";
import type { Journal, Remote } from "../store/types.ts";
import type { DeviceSecrets, OpenVault, RosterMember } from "../vault/index.ts";

export interface SessionClock {
  now(): Date;
  /** Milliseconds that only ever go up, however the wall clock is set. */
  monotonic(): number;
}

export interface SessionTimers {
  /** Calls once after so many milliseconds; answers how to call it off. */
  after(milliseconds: number, call: () => void): () => void;
}

export interface SessionInput {
  /** Read at each sign-in: a PC that joins gets its pepper later. */
  readonly device: () => DeviceSecrets;
  readonly journal: Pick<Remote<Journal>, "pinFailures" | "countPinFailure" | "clearPinFailures">;
  readonly audit: Pick<Audit, "record">;
  readonly limits: Policy["session"];
  readonly site: string;
  readonly workstation: string;
  readonly roster: {
    members(): readonly RosterMember[];
    makePendingSlots(vault: OpenVault): Promise<void>;
  };
  readonly clock: SessionClock;
  readonly timers: SessionTimers;
  /** Opens the chart with the vault's keys. It copies what it keeps: the vault zeroes its own when it closes. */
  openRecords(vault: OpenVault): Promise<void>;
  /** Flushes and closes the chart; what was saved before is committed. */
  closeRecords(): Promise<void>;
  /** What went wrong beside the way (an audit write, a slot): to the log, never to the page. */
  onProblem(what: string, error: unknown): void;
}

/** Proof of an open session. Ask `valid` again before an answer leaves: a lock may have come meanwhile. */
export interface Ticket {
  readonly clinician: RosterEntry;
  readonly vault: OpenVault;
  valid(): boolean;
}

/** What the session knows of the contract's SessionView. */
export type SessionPart = Pick<
  SessionView,
  "state" | "clinician" | "clinicians" | "lastLock" | "idleLockAt"
>;

export interface Session {
  /** @throws WrongPin, NotReady, NotJoined, Interrupted, Stopped, and what the journal or the chart throw */
  signIn(clinician: string, pin: string): Promise<void>;
  lock(reason: Extract<LockReason, "user" | "os-lock" | "idle" | "page-lost">): void;
  /** Seals at once; resolves when the chart is closed and the key zeroed. */
  signOut(): Promise<void>;
  /** Input the page saw. */
  activity(): void;
  osIdle(seconds: number): void;
  osEvent(event: OsEvent): void;
  pageLost(): void;
  /** The roster changed: whoever is signed in and no longer may be is signed out; who waits for a slot gets one. */
  rosterChanged(): void;
  /** @throws Locked */
  ticket(): Ticket;
  state(): "sealed" | "open" | "locked";
  view(): SessionPart;
  /** State, warning or clinicians changed. */
  onChange(listener: () => void): () => void;
  /** Called when the session leaves `open`, after its tickets are already void. */
  onLock(listener: (reason: LockReason) => void): () => void;
  /** Seals for good; no sign-in afterwards. */
  stop(): Promise<void>;
}
