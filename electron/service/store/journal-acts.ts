import {
  textOf,
  textOrNull,
  numberOf,
  numberOrNull,
  type Connection,
  type Row,
} from "./connection.ts";
import { StoreError } from "./errors.ts";
import type { AppendAudit } from "./journal-audit.ts";
import type { ActRow, ActRowState, Journal } from "./types.ts";

/** Reads of the outbox and of acknowledged acts. */
export function readActs(db: Connection): Pick<Journal, "acts" | "act"> {
  return {
    acts: ({ acknowledged, patient }) => {
      const which = acknowledged ? "1" : "state <> 'acknowledged'";
      return patient === undefined
        ? db.sql(`SELECT * FROM acts WHERE ${which} ORDER BY seq`).all().map(actOf)
        : db
            .sql(`SELECT * FROM acts WHERE patient = ? AND ${which} ORDER BY seq`)
            .all(patient)
            .map(actOf);
    },
    act: (uuid) => {
      const row = db.sql("SELECT * FROM acts WHERE uuid = ?").get(uuid);
      return row === undefined ? null : actOf(row);
    },
  };
}

/** What clinicians charted: kept until acknowledged, then for some days more. */
export function journalActs(
  db: Connection,
  audit: AppendAudit,
): Pick<Journal, "putAct" | "acts" | "act" | "actCounts" | "setAct" | "forgetAcknowledged"> {
  return {
    ...readActs(db),
    putAct: (row, bodies) =>
      db.write(() => {
        const held = db.sql("SELECT seq FROM acts WHERE uuid = ?").get(row.uuid);
        if (held !== undefined) return { seq: numberOf(held, "seq"), inserted: false };
        const { id } = db
          .sql(
            `INSERT INTO acts (uuid, kind, patient, author, at, queued_at, state, body)
             VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)`,
          )
          .run(row.uuid, row.kind, row.patient, row.author, row.at, row.queuedAt, row.body);
        audit(bodies);
        return { seq: id, inserted: true };
      }),
    actCounts: () => {
      const row = db
        .sql(
          `SELECT count(*) FILTER (WHERE state <> 'parked') AS waiting,
           count(*) FILTER (WHERE state = 'parked') AS parked, min(queued_at) AS oldest
           FROM acts WHERE state <> 'acknowledged'`,
        )
        .get();
      return row === undefined
        ? { waiting: 0, parked: 0, oldest: null }
        : {
            waiting: numberOf(row, "waiting"),
            parked: numberOf(row, "parked"),
            oldest: numberOrNull(row, "oldest"),
          };
    },
    setAct: (uuid, change, bodies) =>
      db.write(() => {
        const held = db.sql("SELECT * FROM acts WHERE uuid = ?").get(uuid);
        if (held === undefined) throw new StoreError("other", "no such act");
        const act = actOf(held);
        // What a change leaves out stays as it was.
        db.sql(
          `UPDATE acts SET state = ?, attempts = ?, reason = ?, next_attempt = ?, stored = ?, acknowledged_at = ?
           WHERE seq = ?`,
        ).run(
          change.state,
          act.attempts + (change.state === "sending" ? 1 : 0),
          change.reason === undefined ? act.reason : change.reason,
          change.nextAttempt === undefined ? act.nextAttempt : change.nextAttempt,
          change.stored ?? act.stored,
          change.acknowledgedAt ?? act.acknowledgedAt,
          act.seq,
        );
        audit(bodies);
      }),
    forgetAcknowledged: (before) =>
      db.write(
        () =>
          db
            .sql("DELETE FROM acts WHERE state = 'acknowledged' AND acknowledged_at < ?")
            .run(before).changes,
      ),
  };
}

function actOf(row: Row): ActRow {
  return {
    seq: numberOf(row, "seq"),
    uuid: textOf(row, "uuid"),
    kind: textOf(row, "kind"),
    patient: textOf(row, "patient"),
    author: textOf(row, "author"),
    at: textOf(row, "at"),
    queuedAt: numberOf(row, "queued_at"),
    state: stateOf(row),
    attempts: numberOf(row, "attempts"),
    nextAttempt: numberOrNull(row, "next_attempt"),
    reason: textOrNull(row, "reason"),
    acknowledgedAt: numberOrNull(row, "acknowledged_at"),
    body: textOf(row, "body"),
    stored: textOrNull(row, "stored"),
  };
}

function stateOf(row: Row): ActRowState {
  const state = textOf(row, "state");
  if (state === "waiting" || state === "sending" || state === "parked" || state === "acknowledged")
    return state;
  throw new StoreError("damaged", "acts: unknown state");
}
