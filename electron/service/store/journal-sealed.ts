import { bytesOf, textOf, numberOf, type Connection, type Row } from "./connection.ts";
import type { DraftRow, Journal, LedgerRow } from "./types.ts";

/** Rows whose content only the open vault can read: drafts and the guard's ledger. */
export function journalSealed(
  db: Connection,
): Pick<Journal, "putDraft" | "draft" | "deleteDraft" | "ledger" | "wholeLedger"> {
  return {
    putDraft: ({ clinician, patient, kind, at, sealed }) =>
      db.write(() => {
        db.sql("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)").run(
          clinician,
          patient,
          kind,
          at,
          sealed,
        );
      }),
    draft: (clinician, patient, kind) => {
      const row = db
        .sql("SELECT * FROM drafts WHERE clinician = ? AND patient = ? AND kind = ?")
        .get(clinician, patient, kind);
      return row === undefined ? null : draftOf(row);
    },
    deleteDraft: (clinician, patient, kind) =>
      db.write(() => {
        db.sql("DELETE FROM drafts WHERE clinician = ? AND patient = ? AND kind = ?").run(
          clinician,
          patient,
          kind,
        );
      }),
    ledger: (keys) =>
      db.read(() =>
        keys.flatMap(({ type, id }) => {
          const row = db.sql("SELECT * FROM ledger WHERE type = ? AND id = ?").get(type, id);
          return row === undefined ? [] : [ledgerOf(row)];
        }),
      ),
    wholeLedger: () => db.sql("SELECT * FROM ledger").all().map(ledgerOf),
  };
}

export function putLedger(db: Connection, { type, id, patient, sealed }: LedgerRow): void {
  db.sql(
    `INSERT INTO ledger VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET patient = excluded.patient, sealed = excluded.sealed`,
  ).run(type, id, patient, sealed);
}

function draftOf(row: Row): DraftRow {
  return {
    clinician: textOf(row, "clinician"),
    patient: textOf(row, "patient"),
    kind: textOf(row, "kind"),
    at: numberOf(row, "at"),
    sealed: bytesOf(row, "sealed"),
  };
}

function ledgerOf(row: Row): LedgerRow {
  return {
    type: textOf(row, "type"),
    id: textOf(row, "id"),
    patient: textOf(row, "patient"),
    sealed: bytesOf(row, "sealed"),
  };
}
