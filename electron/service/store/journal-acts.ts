import { numberOf, numberOrNull, type Connection } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { actOf, COLUMNS, readActs } from "./journal-act-rows.ts";
import type { AppendAudit } from "./journal-audit.ts";
import type { Journal } from "./types.ts";
import type { ActChange, ActRow, NewActRow } from "./rows.ts";

/** What clinicians charted: kept until it is over (acknowledged or settled), then for some days more. */
export function journalActs(
  db: Connection,
  audit: AppendAudit,
): Pick<
  Journal,
  | "putAct"
  | "putActAbout"
  | "acts"
  | "unsentActs"
  | "newestActs"
  | "settledActs"
  | "acknowledgedActs"
  | "orderActs"
  | "unsentByPatient"
  | "act"
  | "actCounts"
  | "setAct"
  | "doubtUnsent"
  | "pushActs"
  | "uncountedActs"
  | "setCounted"
  | "forgetAcknowledged"
> {
  const reads = readActs(db);
  const change = (uuid: string, to: ActChange): void => changeAct(db, uuid, to);
  return {
    ...reads,
    putAct: (row, bodies) =>
      db.write(() => {
        const held = db.sql("SELECT seq FROM acts WHERE uuid = ?").get(row.uuid);
        if (held !== undefined) return { seq: numberOf(held, "seq"), inserted: false };
        const seq = insert(db, row, null);
        audit(bodies);
        return { seq, inserted: true };
      }),
    putActAbout: (row, { why, kind, send }, bodies) =>
      db.write(() => {
        if (reads.act(row.uuid) !== null) return "held";
        const target = reads.act(row.about);
        if (target === null || isOver(target) || isWithdrawn(db, target.uuid)) return "late";
        insert(db, row, row.about);
        audit(bodies);
        const neverLeft = kind === "withdraw" && target.attempts === 0;
        if (kind === "decide" || neverLeft)
          change(target.uuid, { state: "settled", why, acknowledgedAt: row.queuedAt });
        if (send && !neverLeft) return "queued";
        change(row.uuid, { state: "settled", why, acknowledgedAt: row.queuedAt });
        return "settled";
      }),
    setAct: (uuid, to, bodies) =>
      db.write(() => {
        change(uuid, to);
        audit(bodies);
      }),
    doubtUnsent: () =>
      db.write(() => {
        db.sql("UPDATE acts SET attempts = 1 WHERE attempts = 0 AND state = 'waiting'").run();
      }),
    pushActs: (changes, begin) =>
      db.write(() => {
        for (const one of changes) {
          change(one.uuid, one.change);
          audit(one.audit);
        }
        return begin.filter((uuid) => {
          const act = reads.act(uuid);
          if (act === null || isOver(act) || isWithdrawn(db, uuid)) return false;
          change(uuid, { state: "sending" });
          return true;
        });
      }),
    uncountedActs: (limit) =>
      db
        .sql(
          `SELECT ${COLUMNS} FROM acts_uncounted JOIN acts ON acts.uuid = acts_uncounted.act
           LEFT JOIN act_facts ON act_facts.act = acts.uuid LIMIT ?`,
        )
        .all(limit)
        .map(actOf),
    setCounted: (uuids) =>
      db.write(() => {
        for (const uuid of uuids) db.sql("DELETE FROM acts_uncounted WHERE act = ?").run(uuid);
      }),
    forgetAcknowledged: (before) =>
      db.write(() => {
        // CLINICAL: what a doctor signed is what the HIS's version of her order is held against, for as long as it can be given.
        const old = `SELECT uuid FROM acts WHERE state IN ('acknowledged', 'settled') AND acknowledged_at < ?
          AND NOT (kind = 'order' AND patient IN (SELECT patient FROM backfill))`;
        db.sql(`DELETE FROM act_facts WHERE act IN (${old})`).run(before);
        db.sql(`DELETE FROM acts_uncounted WHERE act IN (${old})`).run(before);
        return db.sql(`DELETE FROM acts WHERE uuid IN (${old})`).run(before).changes;
      }),
  };
}

function insert(db: Connection, row: NewActRow, about: string | null): number {
  const { id } = db
    .sql(
      `INSERT INTO acts (uuid, kind, patient, author, at, queued_at, state, body)
       VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)`,
    )
    .run(row.uuid, row.kind, row.patient, row.author, row.at, row.queuedAt, row.body);
  if (about !== null || row.base !== undefined)
    db.sql("INSERT INTO act_facts (act, about, base) VALUES (?, ?, ?)").run(
      row.uuid,
      about,
      row.base ?? null,
    );
  return id;
}

function isOver({ state }: ActRow): boolean {
  return state === "acknowledged" || state === "settled";
}

/** Somebody wants it back: whatever becomes of it is that act's business. */
function isWithdrawn(db: Connection, uuid: string): boolean {
  return (
    db
      .sql(
        `SELECT 1 FROM act_facts JOIN acts ON acts.uuid = act_facts.act
         WHERE about = ? AND acts.kind = 'withdrawal'`,
      )
      .get(uuid) !== undefined
  );
}

function changeAct(db: Connection, uuid: string, to: ActChange): void {
  const held = db.sql("SELECT * FROM acts WHERE uuid = ?").get(uuid);
  if (held === undefined) throw new StoreError("other", "no such act");
  db.sql(
    `UPDATE acts SET state = ?, attempts = attempts + ?, reason = ?, next_attempt = ?, stored = coalesce(?, stored),
       acknowledged_at = coalesce(?, acknowledged_at) WHERE uuid = ?`,
  ).run(
    to.state,
    to.state === "sending" ? 1 : 0,
    to.reason === undefined ? (held["reason"] ?? null) : to.reason,
    to.nextAttempt === undefined ? numberOrNull(held, "next_attempt") : to.nextAttempt,
    to.stored ?? null,
    to.acknowledgedAt ?? null,
    uuid,
  );
  if (to.why !== undefined || to.theirs !== undefined) {
    db.sql("INSERT OR IGNORE INTO act_facts (act) VALUES (?)").run(uuid);
    if (to.why !== undefined)
      db.sql("UPDATE act_facts SET why = ? WHERE act = ?").run(to.why, uuid);
    if (to.theirs !== undefined)
      db.sql("UPDATE act_facts SET theirs = ? WHERE act = ?").run(to.theirs, uuid);
  }
  if (to.uncounted === true) db.sql("INSERT OR IGNORE INTO acts_uncounted VALUES (?)").run(uuid);
}
