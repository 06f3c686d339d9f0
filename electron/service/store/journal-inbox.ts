import {
  bytesOf,
  textOf,
  textOrNull,
  numberOf,
  numberOrNull,
  type Connection,
  type Row,
} from "./connection.ts";
import { StoreError } from "./errors.ts";
import type { AppendAudit } from "./journal-audit.ts";
import { forgetLedger, putLedger } from "./journal-ledger.ts";
import { lastBatch, putLastBatch } from "./last-batch.ts";
import type { Journal } from "./types.ts";
import type {
  BackfillRow,
  CursorRow,
  InboxPage,
  NewInboxPage,
  Received,
  ScopeRow,
} from "./rows.ts";

/** Asked after every call of the apply loop: by an index alone, whatever lies in the pages. */
export const INBOX_SIZE =
  "SELECT count(*) AS pages, coalesce(sum(resources), 0) AS resources FROM inbox";
export const INBOX_NEXT = "SELECT seq, resources FROM inbox ORDER BY seq LIMIT ?";

/** The sealed inbox and the puller's state. */
export function journalInbox(
  db: Connection,
  audit: AppendAudit,
): Pick<
  Journal,
  | "receive"
  | "receiveAll"
  | "inbox"
  | "inboxSize"
  | "applied"
  | "lastBatch"
  | "cursors"
  | "setCursorProblem"
  | "scope"
  | "backfill"
  | "wantBackfill"
  | "forgetPatient"
> {
  return {
    receive: (input) => db.write(() => ({ seq: receive(db, input) })),
    receiveAll: (inputs) =>
      db.write(() => {
        for (const input of inputs) receive(db, input);
      }),
    inbox: (limit, within) =>
      db.read(() => {
        const seqs = within === undefined ? null : nextPages(db, limit, within);
        if (seqs === null)
          return db.sql("SELECT * FROM inbox ORDER BY seq LIMIT ?").all(limit).map(pageOf);
        return seqs.flatMap((seq) => {
          const row = db.sql("SELECT * FROM inbox WHERE seq = ?").get(seq);
          return row === undefined ? [] : [pageOf(row)];
        });
      }),
    inboxSize: () => {
      const row = db.sql(INBOX_SIZE).get();
      return row === undefined
        ? { pages: 0, resources: 0 }
        : { pages: numberOf(row, "pages"), resources: numberOf(row, "resources") };
    },
    applied: ({ seqs, ledger, audit: bodies, batch, backfill = [], meta = {} }) =>
      db.write(() => {
        for (const seq of seqs) db.sql("DELETE FROM inbox WHERE seq = ?").run(seq);
        for (const page of ledger) putLedger(db, page);
        for (const row of backfill) putBackfill(db, row);
        putMeta(db, meta);
        if (batch !== undefined) putLastBatch(db, batch);
        audit(bodies);
      }),
    lastBatch: () => lastBatch(db),

    cursors: () => db.sql("SELECT * FROM cursors ORDER BY type").all().map(cursorOf),
    setCursorProblem: (type, problem) =>
      db.write(() => {
        // A type that was never pulled has no cursor yet; the problem is kept all the same.
        db.sql(
          `INSERT INTO cursors VALUES (?, '', NULL, ?) ON CONFLICT DO UPDATE SET problem = excluded.problem`,
        ).run(type, problem);
      }),
    scope: () =>
      db.sql("SELECT * FROM scope ORDER BY entered_at, patient, encounter").all().map(scopeOf),
    backfill: () => db.sql("SELECT * FROM backfill ORDER BY rowid").all().map(backfillOf),
    wantBackfill: (rows) =>
      db.write(() => {
        for (const { patient, type } of rows)
          putBackfill(db, { patient, type, state: "wanted", next: null });
      }),
    forgetPatient: (patient) =>
      db.write(() => {
        // CLINICAL: acts are not touched: what was charted and not yet sent exists nowhere else.
        for (const table of ["scope", "backfill", "drafts", "inbox"])
          db.sql(`DELETE FROM ${table} WHERE patient = ?`).run(patient);
        forgetLedger(db, patient);
      }),
  };
}

function receive(db: Connection, { page, cursor, backfill, scope, meta }: Received): number | null {
  if (cursor !== undefined)
    db.sql("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)").run(
      cursor.type,
      cursor.cursor,
      cursor.lastPageAt,
      cursor.problem,
    );
  if (backfill !== undefined) putBackfill(db, backfill);
  for (const row of scope ?? []) putScope(db, row);
  putMeta(db, meta ?? {});
  return page === null ? null : putPage(db, page);
}

function putMeta(db: Connection, meta: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(meta))
    db.sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(name, value);
}

function putPage(db: Connection, page: NewInboxPage): number {
  return db
    .sql(
      `INSERT INTO inbox (kind, type, patient, last, as_of, resources, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      page.kind,
      page.type,
      page.patient,
      page.last ? 1 : 0,
      page.asOf,
      page.resources,
      page.sealed,
    ).id;
}

/** Their numbers first: a page's body is large, and read again at every batch it would cost more than its place in line. */
function nextPages(
  db: Connection,
  limit: number,
  { resources, except }: { readonly resources: number; readonly except: ReadonlySet<number> },
): number[] {
  const seqs: number[] = [];
  let sum = 0;
  for (const row of db.sql(INBOX_NEXT).all(limit + except.size)) {
    const seq = numberOf(row, "seq");
    if (except.has(seq)) continue;
    sum += numberOf(row, "resources");
    // One page at least, however large.
    if (seqs.length === limit || (sum > resources && seqs.length > 0)) break;
    seqs.push(seq);
  }
  return seqs;
}

function putBackfill(db: Connection, row: BackfillRow): void {
  // An update keeps the row's place: sections are fetched in the order in which they were wanted.
  db.sql(
    `INSERT INTO backfill VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, next = excluded.next`,
  ).run(row.patient, row.type, row.state, row.next);
}

function putScope(db: Connection, row: ScopeRow): void {
  // One row a patient: the row of an earlier stay, left where it was, would place him there, or have him forgotten.
  db.sql("DELETE FROM scope WHERE patient = ?").run(row.patient);
  db.sql("INSERT OR REPLACE INTO scope VALUES (?, ?, ?, ?, ?, ?)").run(
    row.patient,
    row.encounter,
    row.ward,
    row.location,
    row.enteredAt,
    row.leftAt,
  );
}

function pageOf(row: Row): InboxPage {
  const kind = textOf(row, "kind");
  if (kind !== "backfill" && kind !== "pull" && kind !== "scope")
    throw new StoreError("damaged", "inbox: unknown kind");
  return {
    seq: numberOf(row, "seq"),
    kind,
    type: textOf(row, "type"),
    patient: textOrNull(row, "patient"),
    last: numberOf(row, "last") === 1,
    asOf: textOf(row, "as_of"),
    resources: numberOf(row, "resources"),
    sealed: bytesOf(row, "sealed"),
  };
}

function cursorOf(row: Row): CursorRow {
  return {
    type: textOf(row, "type"),
    cursor: textOf(row, "cursor"),
    lastPageAt: numberOrNull(row, "last_page_at"),
    problem: textOrNull(row, "problem"),
  };
}

function scopeOf(row: Row): ScopeRow {
  return {
    patient: textOf(row, "patient"),
    encounter: textOf(row, "encounter"),
    ward: textOf(row, "ward"),
    location: textOrNull(row, "location"),
    enteredAt: numberOf(row, "entered_at"),
    leftAt: numberOrNull(row, "left_at"),
  };
}

function backfillOf(row: Row): BackfillRow {
  const state = textOf(row, "state");
  if (state !== "wanted" && state !== "received")
    throw new StoreError("damaged", "backfill: unknown state");
  return {
    patient: textOf(row, "patient"),
    type: textOf(row, "type"),
    state,
    next: textOrNull(row, "next"),
  };
}
