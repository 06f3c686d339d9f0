import type {
  AccessRow,
  ActChange,
  ActRow,
  ActWhy,
  AuditHeadRow,
  AuditRow,
  BackfillRow,
  CursorRow,
  DraftRow,
  InboxPage,
  LedgerPage,
  LedgerPart,
  LedgerWrite,
  Millis,
  NewActRow,
  PinChangeRow,
  Received,
  ScopeRow,
  SlotRow,
  StatementRow,
} from "./rows.ts";

export type * from "./rows.ts";

/**
 * What the store offers inside its threads. These interfaces are synchronous on purpose: they are called only in the
 * worker threads under `threads/`, never on the session's event loop, which sees them through {@link Remote}.
 */

/** An interface of a thread as the event loop sees it: the same names, every answer a promise. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** Thrown by every store call; `code` survives the thread boundary. */
export type StoreErrorCode =
  /** The key does not open the file (or the file is not SQLCipher's). Nothing was written. */
  | "wrong-key"
  /** The file has no encryption: refused. */
  | "plain-file"
  /** The disk is full; the call was rolled back whole. */
  | "disk-full"
  /** There is no such file, and the caller did not ask for a new one. Nothing was written. */
  | "missing"
  /** Pages or rows could not be read. */
  | "damaged"
  /** Written by a newer version. */
  | "newer-format"
  | "other";

/** Everything that exists nowhere else. Each call is one transaction with `synchronous=FULL`. */
export interface Journal {
  /** Reads every page again from the disk; false: one of them is damaged. */
  isSound(): boolean;

  // facts of this PC
  meta(): Record<string, string>;
  setMeta(entries: Record<string, string>): void;

  // keys and people
  slots(): SlotRow[];
  putSlots(rows: readonly SlotRow[], audit: readonly string[]): void;
  deleteSlot(clinician: string, audit: readonly string[]): void;
  statements(): StatementRow[];
  /** Keeps a statement if its number is greater than the one held for its kind and subject; answers whether it did. */
  putStatement(row: StatementRow, audit: readonly string[]): boolean;
  pinFailures(clinician: string): { count: number; lastAt: Millis | null };
  /** Counted before the KDF runs; `clearPinFailures` after a right one. */
  countPinFailure(clinician: string, at: Millis): { count: number };
  clearPinFailures(clinician: string): void;
  allPinFailures(): { clinician: string; count: number; lastAt: Millis }[];
  /** Takes the greater of what is held and what the keychain remembers, after an older file was put back. */
  raisePinFailures(rows: readonly { clinician: string; count: number; lastAt: Millis }[]): void;
  /** Her latest changed PIN; `jws` is a `PinChange` in compact form. */
  pinChanges(): PinChangeRow[];
  /** Keeps it if its number is greater than the one held for the clinician and `box`; answers whether it did. */
  putPinChange(row: PinChangeRow, audit: readonly string[]): boolean;
  /** `taken`: the HIS has it. */
  setPinChangeSent(clinician: string, number: number): void;

  // overrides and emergency accesses
  accesses(): AccessRow[];
  putAccess(row: AccessRow, audit: readonly string[]): void;
  reviewAccess(id: string, by: string, at: Millis, audit: readonly string[]): boolean;
  setAccessReported(id: string): void;
  /** Envelopes used up at this PC. */
  usedEnvelopes(): string[];
  useEnvelope(id: string, at: Millis, audit: readonly string[]): boolean;

  // inbox and puller
  /** A page, the cursor it moves, and the scope and back-fill it tells of: one transaction. */
  receive(input: Received): { seq: number | null };
  /** Several of them in one transaction, in order: what many pages cost the disk is paid once. */
  receiveAll(inputs: readonly Received[]): void;
  /** Oldest first; `within`: as many as carry so many resources, one at least, and none of `except`. */
  inbox(
    limit: number,
    within?: { readonly resources: number; readonly except: ReadonlySet<number> },
  ): InboxPage[];
  inboxSize(): { pages: number; resources: number };
  /** After the chart has committed: forgets the pages and keeps the ledger's new rows, in one transaction. */
  applied(input: {
    readonly seqs: readonly number[];
    readonly ledger: readonly LedgerWrite[];
    readonly audit: readonly string[];
    /** The chart's batch that these pages went into. */
    readonly batch?: number;
    /** Of pages that went into the chart without the inbox: how far their sections are. */
    readonly backfill?: readonly BackfillRow[];
    readonly meta?: Readonly<Record<string, string>>;
  }): void;
  /** The number of the last batch that the chart was given; 0 before the first. */
  lastBatch(): number;
  cursors(): CursorRow[];
  setCursorProblem(type: string, problem: string | null): void;
  scope(): ScopeRow[];
  backfill(): BackfillRow[];
  /** Wants every given section of a patient again, e.g. when he enters scope or his chart was damaged. */
  wantBackfill(rows: readonly { patient: string; type: string }[]): void;
  forgetPatient(patient: string): void;

  // acts
  /** Idempotent by uuid: answers `inserted: false` for an act already held, and changes nothing. */
  putAct(row: NewActRow, audit: readonly string[]): { seq: number; inserted: boolean };
  /**
   * Puts an act about another one in the outbox. A target that was never offered is settled with it at once (`settled`),
   * as is one that `send: false` ends; else the new act waits for its turn (`queued`). `late`: the target is over already.
   */
  putActAbout(
    row: NewActRow & { readonly about: string },
    target: { readonly why: ActWhy; readonly kind: "withdraw" | "decide"; readonly send: boolean },
    audit: readonly string[],
  ): "queued" | "settled" | "late" | "held";
  /** All acts that are not over, oldest first; with `acknowledged` (and a patient), all there are of him. */
  acts(filter: { readonly acknowledged: boolean; readonly patient?: string }): ActRow[];
  /** Acts that are not over, oldest first, from after this number: a page of a queue that may be long. */
  unsentActs(after: number, limit: number): ActRow[];
  /** Acts of a patient, newest first. */
  newestActs(patient: string, limit: number): ActRow[];
  /** Acts that were settled, latest first. */
  settledActs(limit: number): ActRow[];
  /** Acts the HIS has, by number descending, from below this number. */
  acknowledgedActs(below: number, limit: number): ActRow[];
  /** All orders charted on this PC that are kept, whosever, without their bodies. */
  orderActs(): Pick<ActRow, "uuid" | "stored">[];
  /** How many acts that are not over each patient has. */
  unsentByPatient(): Map<string, number>;
  act(uuid: string): ActRow | null;
  /** For the top bar: how many acts are unsent (`waiting` and `sending`), how many parked, and the oldest's `queuedAt`. */
  actCounts(): {
    readonly waiting: number;
    readonly parked: number;
    readonly oldest: Millis | null;
  };
  /** `sending` counts an attempt and must be committed before the request leaves. */
  setAct(uuid: string, change: ActChange, audit: readonly string[]): void;
  /** This file may be older than what it stands for: each unsent act counts as tried, so that it is looked for first. */
  doubtUnsent(): void;
  /**
   * Several steps of the push in one transaction. `begin`: marks acts as being sent and counts the attempt, which must be
   * committed before the request leaves; answers those that may be sent: neither over meanwhile nor waiting to be withdrawn.
   */
  pushActs(
    changes: readonly {
      readonly uuid: string;
      readonly change: ActChange;
      readonly audit: readonly string[];
    }[],
    begin: readonly string[],
  ): string[];
  /** Acts nobody has looked for second copies of yet. */
  uncountedActs(limit: number): ActRow[];
  setCounted(uuids: readonly string[]): void;
  /** Forgets acts that are over since before this; of patients whose record is here not their orders. Answers how many. */
  forgetAcknowledged(before: Millis): number;

  // drafts and ledger
  putDraft(row: DraftRow): void;
  draft(clinician: string, patient: string, kind: string): DraftRow | null;
  deleteDraft(clinician: string, patient: string, kind: string): void;
  /** Where facts lie, and the pages; rows of those that lie in none yet. */
  ledger(keys: readonly { type: string; id: string }[]): LedgerPart;
  /** The last page of a patient and type. */
  ledgerEnd(patient: string, type: string): LedgerPage | null;
  wholeLedger(): LedgerPart;

  // audit
  appendAudit(bodies: readonly string[]): void;
  audit(fromSeq: number, limit: number): AuditRow[];
  /**
   * Looks through at most `limit` entries before a number (null: from the newest), newest first, for those whose text contains
   * this. `next`: where to go on; null: there is nothing older.
   */
  auditBack(
    before: number | null,
    limit: number,
    containing: string | null,
  ): { readonly rows: AuditRow[]; readonly next: number | null };
  auditSize(): number;
  /** The last entry; null while there is none. */
  auditTail(): { readonly seq: number; readonly hash: string } | null;
  /**
   * Follows the chain over at most `limit` entries after a known one; answers how far it is whole, and the first entry
   * that is missing or is not what was chained.
   */
  checkAudit(
    after: { readonly seq: number; readonly hash: string },
    limit: number,
  ): {
    readonly seq: number;
    readonly hash: string;
    readonly broken: { readonly at: number; readonly how: "changed" | "missing" } | null;
  };
  /** Keeps the newest {@link AuditHeadRow}s only; the HIS has them all. */
  putAuditHead(row: AuditHeadRow): void;
  /** By `seq`. */
  auditHeads(): AuditHeadRow[];
  lastAuditHead(): AuditHeadRow | null;
  /** `seq` of the first head whose entry is another one now; null: none. */
  wrongAuditHead(): number | null;

  close(): void;
}

// ---------------------------------------------------------------- chart.db
