import { bytesOf, numberOf, textOf, type Connection, type Row } from "./connection.ts";
import type { Journal } from "./types.ts";
import type { LedgerPage, LedgerPlace, LedgerRow, LedgerWrite } from "./rows.ts";

/**
 * The guard's ledger: facts of one patient and type lie together in sealed pages, because an encrypted file costs by the page
 * touched, and a row to each fact made every change of one cost more than all else that is done about it (ADR 45).
 */
export function journalLedger(
  db: Connection,
): Pick<Journal, "ledger" | "ledgerEnd" | "wholeLedger"> {
  return {
    ledger: (keys) =>
      db.read(() => {
        const places: LedgerPlace[] = [];
        const rows: LedgerRow[] = [];
        for (const { type, id } of keys) {
          const place = db
            .sql("SELECT page FROM ledger_places WHERE type = ? AND id = ?")
            .get(type, id);
          if (place !== undefined) places.push({ type, id, page: numberOf(place, "page") });
          else {
            const row = db.sql("SELECT * FROM ledger WHERE type = ? AND id = ?").get(type, id);
            if (row !== undefined) rows.push(rowOf(row));
          }
        }
        const numbers = new Set(places.map(({ page }) => page));
        const pages = [...numbers].flatMap((number) => {
          const row = db.sql("SELECT * FROM ledger_pages WHERE number = ?").get(number);
          return row === undefined ? [] : [pageOf(row)];
        });
        return { pages, places, rows };
      }),
    ledgerEnd: (patient, type) => {
      const row = db
        .sql(
          "SELECT * FROM ledger_pages WHERE patient = ? AND type = ? ORDER BY number DESC LIMIT 1",
        )
        .get(patient, type);
      return row === undefined ? null : pageOf(row);
    },
    wholeLedger: () =>
      db.read(() => ({
        pages: db.sql("SELECT * FROM ledger_pages ORDER BY number").all().map(pageOf),
        places: db.sql("SELECT * FROM ledger_places").all().map(placeOf),
        rows: db.sql("SELECT * FROM ledger").all().map(rowOf),
      })),
  };
}

/** A fact that comes into a page is nowhere else afterwards: not in a page before, and not in a row of the older form. */
export function putLedger(db: Connection, { number, type, patient, placed, sealed }: LedgerWrite) {
  let page = number;
  if (page === null)
    page = db
      .sql("INSERT INTO ledger_pages (type, patient, sealed) VALUES (?, ?, ?)")
      .run(type, patient, sealed).id;
  else db.sql("UPDATE ledger_pages SET sealed = ? WHERE number = ?").run(sealed, page);
  for (const id of placed) {
    db.sql("INSERT OR REPLACE INTO ledger_places VALUES (?, ?, ?)").run(type, id, page);
    db.sql("DELETE FROM ledger WHERE type = ? AND id = ?").run(type, id);
  }
}

export function forgetLedger(db: Connection, patient: string): void {
  db.sql("DELETE FROM ledger WHERE patient = ?").run(patient);
  db.sql(
    "DELETE FROM ledger_places WHERE page IN (SELECT number FROM ledger_pages WHERE patient = ?)",
  ).run(patient);
  db.sql("DELETE FROM ledger_pages WHERE patient = ?").run(patient);
}

function pageOf(row: Row): LedgerPage {
  return {
    number: numberOf(row, "number"),
    type: textOf(row, "type"),
    patient: textOf(row, "patient"),
    sealed: bytesOf(row, "sealed"),
  };
}

function placeOf(row: Row): LedgerPlace {
  return { type: textOf(row, "type"), id: textOf(row, "id"), page: numberOf(row, "page") };
}

function rowOf(row: Row): LedgerRow {
  return {
    type: textOf(row, "type"),
    id: textOf(row, "id"),
    patient: textOf(row, "patient"),
    sealed: bytesOf(row, "sealed"),
  };
}
