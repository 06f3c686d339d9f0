import type { Connection } from "../../../shared/contract/index.ts";
import type { Capabilities, HisClient } from "../his/index.ts";
import type { Remote } from "../store/index.ts";
import type { Asked } from "./reported.ts";
import type { Guests } from "./guests.ts";
import type { SyncChange, SyncTimers } from "./hints.ts";
import type { LinkChange } from "./link-history.ts";
import type { NudgeState } from "./nudges.ts";
import type { PushEvent } from "./push-parts.ts";
import type { Skew } from "./skew.ts";
import type { ChartThread, JournalThread, SyncAlarm, SyncPolicy } from "./types.ts";

export interface SyncOptions {
  readonly his: HisClient;
  readonly journal: Remote<JournalThread>;
  /** The chart's thread while the vault key is in memory, else null: pages then pile up sealed. */
  readonly chart: () => Remote<ChartThread> | null;
  readonly policy: SyncPolicy;
  /** What this PC's Subscriptions are called at the HIS; absent: it wants no nudges. */
  readonly nudges?: string;
  /** Milliseconds since the epoch, of this PC: for its own bookkeeping, never clinical. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Milliseconds by a clock that nobody sets. */
  readonly monotonic?: () => number;
  readonly timers: SyncTimers;
  /** For IT; never clinical content. */
  readonly log: (message: string) => void;
  /** Statements of the control key, unverified; resolves when those that hold are kept. */
  readonly onStatements: (jws: readonly string[]) => Promise<void>;
  /** The HIS has them, or they are over otherwise: the escrow's tombstones. */
  readonly onOver: (uuids: readonly string[]) => Promise<void>;
  /** The HIS has lost them: they are the only copy again. */
  readonly onUnsentAgain: (
    acts: readonly { readonly uuid: string; readonly body: string }[],
  ) => Promise<void>;
  readonly onChange: (change: SyncChange) => void;
  readonly onAlarm: (alarm: SyncAlarm) => void;
  readonly auditOf: (event: PushEvent) => readonly string[];
  /**
   * SECURITY: false while the control key says that the HIS is not to be believed: nothing is pulled, applied or sent but
   * the control key's own statements, which the HIS can carry and not forge.
   */
  readonly believed: () => boolean;
  /** Takes this PC's own news (changed PINs, reports of accesses) to the HIS, once a round while it is there. */
  readonly carry: (his: HisClient) => Promise<void>;
  /** Takes the audit trail to the HIS, after everything else of a round. Its failure is a problem of its own. */
  readonly carryTrail?: (his: HisClient) => Promise<void>;
}

export interface Sync {
  start(): void;
  /** Resolves when nothing is in flight any more. The client is closed: it cannot be started again. */
  stop(): Promise<void>;
  /** Asks for a round now; resolves when it (or the one under way) is over. */
  pullNow(): Promise<void>;
  find: Guests["find"];
  /** A search on a person's behalf, so many pages of it (one), of which nothing is kept. */
  ask(target: string, pages?: number): Promise<Asked>;
  /** As {@link Guests.bring}; resolves when he is fetched, or after some seconds when that takes longer. */
  bring: Guests["bring"];
  /** Offers the outbox now; while the HIS is down it waits for the probe. */
  pushNow(): Promise<void>;
  /** Applies what lies in the inbox, e.g. after a sign-in. */
  applyNow(): Promise<void>;
  /** Resolves when no round, back-fill, push or apply is under way. */
  idle(): Promise<void>;
  view(): Connection;
  /** What IT sees of the line. */
  report(): SyncReport;
}

export interface SyncReport {
  readonly changes: readonly LinkChange[];
  /** Counted since the start, signing in not counted. */
  readonly requestsLastHour: number;
  readonly roundTripMs: number | null;
  readonly skew: Skew | null;
  /** What the HIS said it can do, when it was last asked. */
  readonly capabilities: Capabilities | null;
  readonly nudges: NudgeState;
}
