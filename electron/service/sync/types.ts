import type {
  BackfillRow,
  ChartSalvage,
  CursorRow,
  Generation,
  Journal,
  NewInboxPage,
  ScopeRow,
} from "../store/index.ts";
import type { AcceptedFact, Settlement, SigningTrust, Opinion } from "../guard/index.ts";
import type { BatchPart, Print } from "./batch-parts.ts";
import type { Linked } from "./merges.ts";
import type { Known } from "./newest-known.ts";
import type { Seen } from "./recent.ts";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";

/** The sections of a patient's record, in the order back-fill fetches them: who he is, then what can kill first. */
export const SECTION_TYPES = ["Patient", ...PATIENT_TYPES] as const;

/** Ward-wide types, kept under the pseudo-patient. */
export const WARD_TYPES = ["Location", "Practitioner"] as const;

/** What IT decided about the sync. */
export interface SyncPolicy {
  /** Ids of the ward Locations this PC serves. */
  readonly wards: readonly string[];
  readonly intervalSeconds: number;
  /** After an outage the first round starts somewhere within this; absent: at once. */
  readonly returnSpreadSeconds?: number;
  /** Must exceed the HIS's longest transaction. */
  readonly overlapSeconds: number;
  readonly pageSize: number;
  /** Requests at a time. */
  readonly parallel: number;
  /** Hours a patient's record is kept after the stay ended. */
  readonly retentionHours: number;
  /** Days an acknowledged act is kept. */
  readonly acknowledgedDays: number;
}

/** How a page moves a type's cursor: `greatest` to the newest `lastUpdated` in it, but not past `notAfter`. */
export interface CursorMove {
  readonly notAfter: string;
}

export interface ReceivePage {
  /** The answer's body, as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly encoding: "gzip" | null;
  readonly base: string;
  readonly kind: NewInboxPage["kind"];
  readonly type: string;
  readonly patient: string | null;
  /** Server time up to which the section will be complete: of its first page. */
  readonly asOf: string;
  /** Server time of this very answer. */
  readonly answeredAt: string;
  /** True while the same pages will be asked for once more: none of them is the last. */
  readonly isRepeated: boolean;
  /** Set for a pull whose pages come in `_lastUpdated` order from one question. */
  readonly cursor: CursorMove | null;
}

/** An Encounter or Location as far as the scope needs it; nothing clinical. */
export type ScopeEntry =
  | {
      readonly type: "Encounter";
      readonly id: string;
      readonly patient: string | null;
      readonly inProgress: boolean;
      /** Where the patient lies now. */
      readonly location: string | null;
    }
  | { readonly type: "Location"; readonly id: string; readonly partOf: string | null };

/** What the event loop learns of a page: ids, links and counts. */
export interface ReceivedPage {
  /** Null when the page is committed; else nothing was, and this says why. */
  readonly problem: string | null;
  readonly entries: number;
  /** New to this PC, as far as the journal's thread remembers. */
  readonly fresh: number;
  readonly next: string | null;
  /** Newest `meta.lastUpdated` in it. */
  readonly greatest: string | null;
  /** Its entries came oldest change first. */
  readonly sorted: boolean;
  /** Only of pages of Patients: what each says of merges. */
  readonly linked: readonly Linked[];
  /** Only of `scope` pages. */
  readonly scope: readonly ScopeEntry[];
}

/** A page of `[type]/_history`. */
export interface HistoryPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly base: string;
  readonly type: string;
  /** Server time of this answer. */
  readonly asOf: string;
  /** Committed with the run's last page. */
  readonly cursor: CursorRow;
  /** The cursor is not worth a commit of its own, when nothing was deleted. */
  readonly lazy: boolean;
}

/** A page of a listing of ids and versions; pages gather in the journal's thread until the listing is committed. */
export interface ListingPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly base: string;
  readonly type: string;
  /** Begins a new listing of this type. */
  readonly first: boolean;
}

export interface ListingEnd {
  readonly type: string;
  /** One listing of a type may take several questions: which of how many this was. */
  readonly part: ListingPart;
  readonly patients: readonly string[];
  readonly asOf: string;
  readonly before: string;
  /** False: what it lacks is not to be taken away yet. */
  readonly takes: boolean;
}

export interface ListingPart {
  readonly run: string;
  readonly at: number;
  readonly of: number;
}

/** The end of a round or of a scope query: says up to when what is a fact, and carries no resources. */
export interface Mark {
  readonly kind: "pull" | "scope";
  /** Types that are gap-free up to `asOf`. */
  readonly types: readonly string[];
  readonly asOf: string;
  readonly cursors: readonly CursorRow[];
  readonly scope: readonly ScopeRow[];
}

/** Signed statements found in a page of `Basic`. */
export interface StatementsPage {
  readonly problem: string | null;
  readonly jws: readonly string[];
  readonly next: string | null;
  readonly greatest: string | null;
  readonly sorted: boolean;
}

/** Calls that bring whole answers of the HIS: a megabyte each, moved to the thread and not copied, and not looked at afterwards. */
export const MOVED = [
  "receivePage",
  "readBatch",
] as const satisfies readonly (keyof JournalThread)[];

/** The same of the chart's thread. */
export const CHART_MOVED = ["applyPage"] as const satisfies readonly (keyof ChartThread)[];

/** What is done with answers of the HIS: by a thread of its own, so that what a nurse charts waits behind no page. */
type Receiving = Exclude<keyof JournalThread, keyof Journal | keyof Generation | "ready">;

/** All of these calls, and no other. */
export const RECEIVING: Readonly<Record<Receiving, true>> = {
  setSealingKey: true,
  canSeal: true,
  receivePage: true,
  mark: true,
  sawStraight: true,
  receiveHistory: true,
  countHistory: true,
  listPage: true,
  receiveListing: true,
  newestKnown: true,
  forgetNewest: true,
  readBatch: true,
  readPrint: true,
  readStatements: true,
  putBackfill: true,
};

/** What the journal's thread answers beside {@link Journal}. */
export interface JournalThread extends Journal, Generation {
  /** Resolves when the file is open; rejects with the store's code when it does not open. */
  ready(): void;
  /** The vault's public sealing key; until it is set no page can be received. */
  setSealingKey(publicKey: Uint8Array): void;
  canSeal(): boolean;
  /** Parses, deflates, seals and commits a page with what it moves, in one transaction. */
  receivePage(page: ReceivePage): Promise<ReceivedPage>;
  mark(mark: Mark): void;
  /** Versions that went straight into the chart: an older one that a lagging node of the HIS gives does not follow them. */
  sawStraight(versions: readonly Seen[]): void;
  /** Seals and commits the deletions in a page of history, and with the last page the cursor, in one transaction. */
  receiveHistory(page: HistoryPage): Promise<Pick<ReceivedPage, "problem" | "next" | "linked">>;
  /** Counts what a page of history says that may concern this PC, by type; commits nothing. */
  countHistory(page: Pick<HistoryPage, "bytes" | "base">): {
    readonly problem: string | null;
    readonly next: string | null;
    readonly told: Readonly<Record<string, number>>;
  };
  listPage(page: ListingPage): Pick<ReceivedPage, "problem" | "next">;
  /** Seals and commits what was listed of a type. */
  receiveListing(end: ListingEnd): Promise<void>;
  /** The newest changes the HIS has told of. */
  newestKnown(): readonly Known[];
  /** They are of a time that is no more: the HIS went back to before it. */
  forgetNewest(): void;
  /** The answers in a batch's answer; nothing is committed. */
  readBatch(answer: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly questions: readonly string[];
  }): {
    readonly problem: string | null;
    readonly parts: readonly (BatchPart | null)[];
  };
  /** What a page holds, to be compared; null when it is none. */
  readPrint(bytes: Uint8Array<ArrayBuffer>): Print | null;
  readStatements(bytes: Uint8Array<ArrayBuffer>): StatementsPage;
  putBackfill(row: BackfillRow): void;
}

/** What one call of `applyInbox` did. */
export interface Applied {
  readonly pages: number;
  /** Resources read from the pages. */
  readonly resources: number;
  /** Pages still waiting; those that could not be opened are not counted. Null: the chart is closed before they were. */
  readonly remaining: number | null;
  /** Whose records changed; null: too many to name. */
  readonly patients: readonly string[] | null;
  /** Who lies where changed, or what belongs to no patient. */
  readonly beds: boolean;
  /** Server time up to which every type is applied without gaps; null before the first whole round. */
  readonly asOf: string | null;
  /** What was refused or could not be read, for the audit trail and IT. */
  readonly alarms: readonly SyncAlarm[];
}

/** What became of a page that was to go straight into the chart. */
export type AppliedPage =
  | {
      readonly received: ReceivedPage;
      /** What was written since it was last told, this page or others. */
      readonly applied: readonly Applied[];
      /** What of it is so new that the inbox's thread must know it: see {@link JournalThread.sawStraight}. */
      readonly late: readonly Seen[];
    }
  /** Nothing was written, and it belongs into the inbox. */
  | { readonly received: null; readonly bytes: Uint8Array<ArrayBuffer> };

export type SyncAlarm =
  /** A sealed page could not be opened; it is kept. */
  | { readonly kind: "page-unreadable"; readonly seq: number; readonly detail: string }
  /** The HIS answered a question about one patient with another's record; it was refused. */
  | {
      readonly kind: "wrong-patient";
      readonly type: string;
      readonly id: string;
      readonly asked: string;
    }
  | {
      readonly kind: "unreadable";
      readonly type: string;
      readonly id: string;
      readonly patient: string;
    }
  /** The HIS no longer holds a safety-critical fact, and it went from the record here. */
  | {
      readonly kind: "removed";
      readonly type: string;
      readonly id: string;
      readonly patient: string;
    }
  /** A change of a safety-critical fact waits for a clinician; `reasons` are the contract's, `by` whom the HIS names. */
  | {
      readonly kind: "held";
      readonly type: string;
      readonly id: string;
      readonly patient: string;
      readonly reasons: string;
      readonly by: string | null;
    }
  /** Many allergies were added unsigned in a short time. */
  | { readonly kind: "burst"; readonly count: number }
  /** A record that was one patient's is now another's, and left the first. */
  | {
      readonly kind: "repointed";
      readonly type: string;
      readonly id: string;
      readonly patient: string;
      readonly to: string;
    }
  /** The HIS holds more than one copy of what was sent once. */
  | {
      readonly kind: "duplicate";
      readonly act: string;
      readonly type: string;
      readonly copies: number;
    }
  /** What the HIS stored of an act is not what was charted. */
  | {
      readonly kind: "changed-on-the-way";
      readonly act: string;
      readonly type: string;
      readonly id: string;
      readonly patient: string;
    }
  /** The HIS had acknowledged these acts and holds them no more: they are offered again. */
  | { readonly kind: "his-went-back"; readonly acts: number }
  /** One order's dose for one due time was given more than once. */
  | {
      readonly kind: "double-dose";
      readonly patient: string;
      readonly order: string;
      readonly doses: number;
    }
  | { readonly kind: "wrong-type"; readonly type: string; readonly asked: string }
  /** The ledger's row of a safety-critical fact does not open: the fact is *first seen here* again. */
  | { readonly kind: "ledger-unreadable"; readonly type: string; readonly id: string };

/** What the chart's thread answers. */
export interface ChartThread extends Generation {
  /** Resolves when the file is open, if need be after salvage; rejects with the store's code when it does not open. */
  ready(): { readonly salvage: ChartSalvage | null };
  applyInbox(budgetMs: number): Promise<Applied>;
  /** A page of back-fill straight into the chart: see `apply-straight.ts`. */
  applyPage(page: ReceivePage): Promise<AppliedPage>;
  /** Whose signatures over clinical facts count from now on; none until then. */
  useSigningKeys(trust: SigningTrust): void;
  /** The fact whose claim a clinician means; null when it is no longer there. */
  held(input: {
    readonly patient: string;
    readonly type: string;
    readonly id: string;
    readonly claim: string;
  }): AcceptedFact | null;
  /** Brings her decision into ledger and chart; false: the claim is no longer there. */
  settle(type: string, id: string, settlement: Settlement): boolean;
  /** Keeps her word on a claim that policy wants two clinicians for; false as above. */
  opine(type: string, id: string, claim: string, opinion: Opinion): boolean;
  compact(budgetMs: number): boolean;
  verify(): { readonly chunks: number; readonly damaged: number };
  /** Forgets patients whose stay ended before `before`; answers whom. */
  forgetLeft(before: number): readonly string[];
  close(): void;
}

/** The rows that say where a type stands; the journal also keeps rows that hold only a problem. */
export function withCursor(rows: readonly CursorRow[]): CursorRow[] {
  return rows.filter(({ cursor }) => cursor !== "");
}
