/** What lies in journal.db, row by row, as the calls of `Journal` take and give it. */

/** Milliseconds since the epoch. Used for this PC's own bookkeeping, never for clinical time. */
export type Millis = number;

export interface SlotRow {
  readonly clinician: string;
  readonly epoch: number;
  /** `vault/slots.ts` makes and opens it. */
  readonly sealed: Uint8Array;
}

/** A verified statement as it was received; verified again whenever it is loaded. */
export interface StatementRow {
  readonly kind: string;
  readonly subject: string;
  readonly number: number;
  readonly jws: string;
}

export interface InboxPage {
  readonly seq: number;
  /** `backfill` pages complete a section of one patient; `pull` pages move a type forward; `scope` carries Encounters, Locations. */
  readonly kind: "backfill" | "pull" | "scope";
  readonly type: string;
  /** The patient of a back-fill page, else null. */
  readonly patient: string | null;
  /** True for the page after which the section or type is gap-free up to `asOf`. */
  readonly last: boolean;
  /** Server time, ISO instant. */
  readonly asOf: string;
  readonly resources: number;
  /** Compressed, then HPKE to the vault's public key. */
  readonly sealed: Uint8Array;
}
export type NewInboxPage = Omit<InboxPage, "seq">;

/** A page that arrived and all that moves with it. */
export interface Received {
  readonly page: NewInboxPage | null;
  readonly cursor?: CursorRow;
  readonly backfill?: BackfillRow;
  readonly scope?: readonly ScopeRow[];
  /** What is to be remembered of it, by name. */
  readonly meta?: Readonly<Record<string, string>>;
}

export interface CursorRow {
  readonly type: string;
  /** Greatest `meta.lastUpdated` seen, ISO instant; the next pull starts before it by the overlap. */
  readonly cursor: string;
  readonly lastPageAt: Millis | null;
  readonly problem: string | null;
}

export interface ScopeRow {
  readonly patient: string;
  readonly encounter: string;
  readonly ward: string;
  readonly location: string | null;
  readonly enteredAt: Millis;
  /** Set when the stay ended; the record is kept until retention ends. */
  readonly leftAt: Millis | null;
}

export interface BackfillRow {
  readonly patient: string;
  readonly type: string;
  /** `received`: all its pages are in the inbox or applied. */
  readonly state: "wanted" | "received";
  /** Where to go on after a kill: the `next` link of the last page received. */
  readonly next: string | null;
}

/** `settled`: over without having been sent: withdrawn, or decided otherwise. */
export type ActRowState = "waiting" | "sending" | "parked" | "acknowledged" | "settled";

/** Why an act is parked or settled, as a code: the screen says it in the reader's language. */
export type ActWhy =
  /** The HIS holds another version than the one it was based on. */
  | "conflict"
  /** The HIS said no; `reason` has its words. */
  | "refused"
  /** The HIS failed at it again and again while it answered others. */
  | "failing"
  /** The HIS holds a part of it, or something else under its id. */
  | "partly"
  /** What it changes is not at the HIS any more. */
  | "gone"
  /** This PC cannot read it any more. */
  | "unreadable"
  | "withdrawn"
  /** It was to be withdrawn, and had arrived. */
  | "late"
  /** A clinician decided for what the HIS holds. */
  | "kept-theirs"
  /** A clinician's decision is sent in its place. */
  | "decided"
  /** The HIS had it and has it no more: it went back to an older state. */
  | "offered-again";

export interface ActRow {
  readonly seq: number;
  readonly uuid: string;
  readonly kind: string;
  readonly patient: string;
  readonly author: string;
  readonly at: string;
  readonly queuedAt: Millis;
  readonly state: ActRowState;
  /** Times it was offered; more than 0 means: read by UUID before sending again. */
  readonly attempts: number;
  readonly nextAttempt: Millis | null;
  readonly reason: string | null;
  readonly acknowledgedAt: Millis | null;
  /** JSON of `SignedAct` (shared/trust). */
  readonly body: string;
  /** JSON `{[resource uuid]: {type, id, versionId}}` as the HIS stored them; null until acknowledged. */
  readonly stored: string | null;
  readonly why: ActWhy | null;
  /** The act it withdraws or decides. */
  readonly about: string | null;
  /** JSON `{[type/id]: resource}`: the versions it was based on. */
  readonly base: string | null;
  /** JSON `{[type/id]: resource | null}`: what the HIS held when it was found in conflict; null: nothing any more. */
  readonly theirs: string | null;
}
export type NewActRow = Pick<
  ActRow,
  "uuid" | "kind" | "patient" | "author" | "at" | "queuedAt" | "body"
> & { readonly base?: string };

/** A change of an act's row; what it leaves out stays as it was. */
export interface ActChange {
  readonly state: ActRowState;
  readonly reason?: string | null;
  readonly why?: ActWhy | null;
  readonly nextAttempt?: Millis | null;
  readonly stored?: string;
  readonly theirs?: string;
  readonly acknowledgedAt?: Millis;
  /** The HIS has it, and nobody has looked for a second copy of it yet. */
  readonly uncounted?: boolean;
}

export interface DraftRow {
  readonly clinician: string;
  readonly patient: string;
  readonly kind: string;
  readonly at: Millis;
  /** AES-256-GCM under the vault's draft key, the clinician's id bound in (`vault/`). */
  readonly sealed: Uint8Array;
}

export interface PinChangeRow {
  readonly clinician: string;
  /** Public key of the entry it belongs to. */
  readonly box: string;
  readonly number: number;
  readonly jws: string;
  /** The HIS carries it already. */
  readonly sent: boolean;
}

/** An override or an emergency access. */
export interface AccessRow {
  readonly id: string;
  readonly kind: "override" | "emergency";
  readonly at: Millis;
  readonly until: Millis | null;
  readonly clinician: string | null;
  /** For an emergency access: the name as it was typed. */
  readonly name: string | null;
  /** The colleague whose PIN opened. */
  readonly by: string | null;
  readonly patient: string | null;
  readonly reason: string;
  readonly workstation: string;
  readonly reviewedBy: string | null;
  readonly reviewedAt: Millis | null;
  /** The HIS has its AuditEvent. */
  readonly reported: boolean;
}

/** Facts of one patient and type, sealed together. */
export interface LedgerPage {
  readonly number: number;
  readonly type: string;
  readonly patient: string;
  /** Sealed under the vault's ledger key: the last accepted versions (`guard/ledger.ts`). */
  readonly sealed: Uint8Array;
}
/** In which page a fact lies. */
export interface LedgerPlace {
  readonly type: string;
  readonly id: string;
  readonly page: number;
}
export interface LedgerWrite {
  /** Null: a new page. */
  readonly number: number | null;
  readonly type: string;
  readonly patient: string;
  /** Ids of the facts that were not in it before. */
  readonly placed: readonly string[];
  readonly sealed: Uint8Array;
}

/** One fact, as the ledger kept it before it had pages; it stays so until it is written again. */
export interface LedgerRow {
  readonly type: string;
  readonly id: string;
  readonly patient: string;
  /** Sealed under the vault's ledger key: the last accepted version. */
  readonly sealed: Uint8Array;
}

export interface LedgerPart {
  readonly pages: readonly LedgerPage[];
  readonly places: readonly LedgerPlace[];
  readonly rows: readonly LedgerRow[];
}

/** An audit entry before it is chained; `body` is JSON made by `audit/`. */
export interface AuditRow {
  readonly seq: number;
  readonly body: string;
  /** Lower-case hex SHA-256 over the entry before and this one (`audit/chain.ts`). */
  readonly hash: string;
}
export type ChainLink = (previousHash: string, seq: number, body: string) => string;

/** A signed head of the trail: entry `seq` had this hash. */
export interface AuditHeadRow {
  readonly seq: number;
  readonly hash: string;
  /** ISO instant. */
  readonly at: string;
  /** `audit/head.ts` makes and reads it. */
  readonly jws: string;
}
