import { bytesOf, textOf, numberOf, numberOrNull, type Connection } from "./connection.ts";
import { plainGeneration } from "./generation.ts";
import type { AppendAudit } from "./journal-audit.ts";
import type { Journal } from "./types.ts";
import type { SlotRow, StatementRow } from "./rows.ts";

/** The guard's row carries a random end that is nobody's business. */
function metaEntry(name: string, value: string): [string, string] {
  return [name, name === "generation" ? plainGeneration(value) : value];
}

/** Facts of this PC, and who may open its vault. */
export function journalPeople(
  db: Connection,
  audit: AppendAudit,
): Pick<
  Journal,
  | "meta"
  | "setMeta"
  | "slots"
  | "putSlots"
  | "deleteSlot"
  | "statements"
  | "putStatement"
  | "pinFailures"
  | "countPinFailure"
  | "clearPinFailures"
> {
  const failures = (clinician: string): { count: number; lastAt: number | null } => {
    const row = db
      .sql("SELECT count, last_at FROM pin_failures WHERE clinician = ?")
      .get(clinician);
    return row === undefined
      ? { count: 0, lastAt: null }
      : { count: numberOf(row, "count"), lastAt: numberOrNull(row, "last_at") };
  };
  return {
    meta: () =>
      Object.fromEntries(
        db
          .sql("SELECT name, value FROM meta ORDER BY name")
          .all()
          .map((row) => metaEntry(textOf(row, "name"), textOf(row, "value"))),
      ),
    setMeta: (entries) =>
      db.write(() => {
        for (const [name, value] of Object.entries(entries))
          db.sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(name, value);
      }),

    slots: () =>
      db
        .sql("SELECT * FROM slots ORDER BY clinician")
        .all()
        .map((row): SlotRow => ({
          clinician: textOf(row, "clinician"),
          epoch: numberOf(row, "epoch"),
          sealed: bytesOf(row, "sealed"),
        })),
    putSlots: (rows, bodies) =>
      db.write(() => {
        for (const { clinician, epoch, sealed } of rows)
          db.sql("INSERT OR REPLACE INTO slots VALUES (?, ?, ?)").run(clinician, epoch, sealed);
        audit(bodies);
      }),
    deleteSlot: (clinician, bodies) =>
      db.write(() => {
        db.sql("DELETE FROM slots WHERE clinician = ?").run(clinician);
        audit(bodies);
      }),

    statements: () =>
      db
        .sql("SELECT * FROM statements ORDER BY kind, subject")
        .all()
        .map((row): StatementRow => ({
          kind: textOf(row, "kind"),
          subject: textOf(row, "subject"),
          number: numberOf(row, "number"),
          jws: textOf(row, "jws"),
        })),
    putStatement: ({ kind, subject, number, jws }, bodies) =>
      db.write(() => {
        // SECURITY: an old statement put again never takes the place of a newer one.
        const { changes } = db
          .sql(
            `INSERT INTO statements VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number,
             jws = excluded.jws WHERE excluded.number > statements.number`,
          )
          .run(kind, subject, number, jws);
        audit(bodies);
        return changes > 0;
      }),

    pinFailures: failures,
    countPinFailure: (clinician, at) =>
      db.write(() => {
        db.sql(
          `INSERT INTO pin_failures VALUES (?, 1, ?)
           ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at`,
        ).run(clinician, at);
        return { count: failures(clinician).count };
      }),
    clearPinFailures: (clinician) =>
      db.write(() => {
        db.sql("DELETE FROM pin_failures WHERE clinician = ?").run(clinician);
      }),
  };
}
