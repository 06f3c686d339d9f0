import { bytesOf, textOf, numberOf, type Connection, type Row } from "./connection.ts";
import type { Journal } from "./types.ts";
import type { DraftRow } from "./rows.ts";

/** Drafts: rows whose content only the open vault can read. */
export function journalSealed(db: Connection): Pick<Journal, "putDraft" | "draft" | "deleteDraft"> {
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
  };
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
