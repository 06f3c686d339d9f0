import {
  numberOf,
  numberOrNull,
  textOf,
  textOrNull,
  type Connection,
  type Row,
} from "./connection.ts";
import type { AppendAudit } from "./journal-audit.ts";
import type { Journal } from "./types.ts";
import type { AccessRow, PinChangeRow } from "./rows.ts";

/** Changed PINs, and who opened what outside her remit: each committed with its audit entries. */
export function journalAccess(
  db: Connection,
  audit: AppendAudit,
): Pick<
  Journal,
  | "allPinFailures"
  | "raisePinFailures"
  | "pinChanges"
  | "putPinChange"
  | "setPinChangeSent"
  | "accesses"
  | "putAccess"
  | "reviewAccess"
  | "setAccessReported"
  | "usedEnvelopes"
  | "useEnvelope"
> {
  return {
    allPinFailures: () =>
      db
        .sql("SELECT * FROM pin_failures ORDER BY clinician")
        .all()
        .map((row) => ({
          clinician: textOf(row, "clinician"),
          count: numberOf(row, "count"),
          lastAt: numberOf(row, "last_at"),
        })),
    raisePinFailures: (rows) =>
      db.write(() => {
        // SECURITY: only ever upwards: an older file put back must not give guesses back.
        for (const { clinician, count, lastAt } of rows)
          db.sql(
            `INSERT INTO pin_failures VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = MAX(count, excluded.count),
             last_at = MAX(last_at, excluded.last_at)`,
          ).run(clinician, count, lastAt);
      }),
    pinChanges: () =>
      db
        .sql("SELECT * FROM pin_changes ORDER BY clinician")
        .all()
        .map((row): PinChangeRow => ({
          clinician: textOf(row, "clinician"),
          box: textOf(row, "box"),
          number: numberOf(row, "number"),
          jws: textOf(row, "jws"),
          sent: numberOf(row, "sent") === 1,
        })),
    putPinChange: ({ clinician, box, number, jws, sent }, bodies) =>
      db.write(() => {
        // SECURITY: an older change of the same keys never comes back; a change of new keys begins anew.
        const { changes } = db
          .sql(
            `INSERT INTO pin_changes VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET box = excluded.box,
             number = excluded.number, jws = excluded.jws, sent = excluded.sent
             WHERE excluded.number > pin_changes.number OR excluded.box <> pin_changes.box`,
          )
          .run(clinician, box, number, jws, sent ? 1 : 0);
        if (changes > 0) audit(bodies);
        return changes > 0;
      }),
    setPinChangeSent: (clinician, number) =>
      db.write(() => {
        db.sql("UPDATE pin_changes SET sent = 1 WHERE clinician = ? AND number = ?").run(
          clinician,
          number,
        );
      }),

    accesses: () => db.sql("SELECT * FROM accesses ORDER BY at DESC, id").all().map(accessOf),
    putAccess: (row, bodies) =>
      db.write(() => {
        db.sql("INSERT INTO accesses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
          row.id,
          row.kind,
          row.at,
          row.until,
          row.clinician,
          row.name,
          row.by,
          row.patient,
          row.reason,
          row.workstation,
          row.reviewedBy,
          row.reviewedAt,
          row.reported ? 1 : 0,
        );
        audit(bodies);
      }),
    reviewAccess: (id, by, at, bodies) =>
      db.write(() => {
        const { changes } = db
          .sql(
            "UPDATE accesses SET reviewed_by = ?, reviewed_at = ? WHERE id = ? AND reviewed_by IS NULL",
          )
          .run(by, at, id);
        if (changes > 0) audit(bodies);
        return changes > 0;
      }),
    setAccessReported: (id) =>
      db.write(() => {
        db.sql("UPDATE accesses SET reported = 1 WHERE id = ?").run(id);
      }),
    usedEnvelopes: () =>
      db
        .sql("SELECT id FROM used_envelopes ORDER BY id")
        .all()
        .map((row) => textOf(row, "id")),
    useEnvelope: (id, at, bodies) =>
      db.write(() => {
        const { changes } = db
          .sql("INSERT OR IGNORE INTO used_envelopes VALUES (?, ?)")
          .run(id, at);
        if (changes > 0) audit(bodies);
        return changes > 0;
      }),
  };
}

function accessOf(row: Row): AccessRow {
  return {
    id: textOf(row, "id"),
    kind: textOf(row, "kind") === "emergency" ? "emergency" : "override",
    at: numberOf(row, "at"),
    until: numberOrNull(row, "until"),
    clinician: textOrNull(row, "clinician"),
    name: textOrNull(row, "name"),
    by: textOrNull(row, "by_whom"),
    patient: textOrNull(row, "patient"),
    reason: textOf(row, "reason"),
    workstation: textOf(row, "workstation"),
    reviewedBy: textOrNull(row, "reviewed_by"),
    reviewedAt: numberOrNull(row, "reviewed_at"),
    reported: numberOf(row, "reported") === 1,
  };
}
