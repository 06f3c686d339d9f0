import { textOf, numberOf, type Connection, type Row } from "./connection.ts";
import type { Journal } from "./types.ts";
import type { AuditHeadRow, AuditRow, ChainLink } from "./rows.ts";

/** What comes before the first entry. */
export const FIRST_HASH = "0".repeat(64);

/** Signed heads that stay here: a day of them at one a minute would be 1440. */
const HEADS_KEPT = 500;

/** Appends audit bodies in the caller's transaction. */
export type AppendAudit = (bodies: readonly string[]) => void;

/** The hash-chained trail: entries are numbered from 1 without a gap, and only ever added. */
export function journalAudit(
  db: Connection,
  chain: ChainLink,
): {
  readonly append: AppendAudit;
  readonly calls: Pick<
    Journal,
    | "appendAudit"
    | "audit"
    | "auditBack"
    | "auditSize"
    | "auditTail"
    | "checkAudit"
    | "putAuditHead"
    | "auditHeads"
    | "lastAuditHead"
    | "wrongAuditHead"
  >;
} {
  const append: AppendAudit = (bodies) => {
    if (bodies.length === 0) return;
    // Read within the transaction: the other thread may have appended since.
    const last = db.sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").get();
    let seq = last === undefined ? 0 : numberOf(last, "seq");
    let hash = last === undefined ? FIRST_HASH : textOf(last, "hash");
    for (const body of bodies) {
      seq++;
      hash = chain(hash, seq, body);
      db.sql("INSERT INTO audit VALUES (?, ?, ?)").run(seq, body, hash);
    }
  };
  return {
    append,
    calls: {
      appendAudit: (bodies) => db.write(() => append(bodies)),
      audit: (from, limit) =>
        db
          .sql("SELECT * FROM audit WHERE seq >= ? ORDER BY seq LIMIT ?")
          .all(from, limit)
          .map(auditRow),
      auditBack(before, limit, containing) {
        const top = db.sql("SELECT coalesce(max(seq), 0) + 1 AS n FROM audit").get();
        const to = before ?? (top === undefined ? 1 : numberOf(top, "n"));
        const from = Math.max(1, to - limit);
        const rows = db
          .sql(
            `SELECT * FROM audit WHERE seq >= ? AND seq < ? AND (? = '' OR instr(body, ?) > 0)
             ORDER BY seq DESC`,
          )
          .all(from, to, containing ?? "", containing ?? "")
          .map(auditRow);
        return { rows, next: from > 1 ? from : null };
      },
      auditSize: () => {
        const row = db.sql("SELECT coalesce(max(seq), 0) AS n FROM audit").get();
        return row === undefined ? 0 : numberOf(row, "n");
      },
      auditTail: () => {
        const row = db.sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").get();
        return row === undefined ? null : { seq: numberOf(row, "seq"), hash: textOf(row, "hash") };
      },
      checkAudit(after, limit) {
        let { seq, hash } = after;
        const rows = db
          .sql("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
          .all(seq, limit)
          .map(auditRow);
        for (const row of rows) {
          const next = chain(hash, seq + 1, row.body);
          if (row.seq !== seq + 1) return { seq, hash, broken: { at: seq + 1, how: "missing" } };
          if (row.hash !== next) return { seq, hash, broken: { at: seq + 1, how: "changed" } };
          seq += 1;
          hash = next;
        }
        return { seq, hash, broken: null };
      },
      putAuditHead: ({ seq, hash, at, jws }) =>
        db.write(() => {
          db.sql("INSERT OR REPLACE INTO audit_heads VALUES (?, ?, ?, ?)").run(seq, hash, at, jws);
          db.sql(
            "DELETE FROM audit_heads WHERE seq NOT IN (SELECT seq FROM audit_heads ORDER BY seq DESC LIMIT ?)",
          ).run(HEADS_KEPT);
        }),
      auditHeads: () => db.sql("SELECT * FROM audit_heads ORDER BY seq").all().map(headRow),
      lastAuditHead() {
        const row = db.sql("SELECT * FROM audit_heads ORDER BY seq DESC LIMIT 1").get();
        return row === undefined ? null : headRow(row);
      },
      wrongAuditHead() {
        const row = db
          .sql(
            `SELECT audit_heads.seq AS seq FROM audit_heads JOIN audit ON audit.seq = audit_heads.seq
             WHERE audit.hash <> audit_heads.hash ORDER BY audit_heads.seq LIMIT 1`,
          )
          .get();
        return row === undefined ? null : numberOf(row, "seq");
      },
    },
  };
}

const auditRow = (row: Row): AuditRow => ({
  seq: numberOf(row, "seq"),
  body: textOf(row, "body"),
  hash: textOf(row, "hash"),
});

const headRow = (row: Row): AuditHeadRow => ({
  seq: numberOf(row, "seq"),
  hash: textOf(row, "hash"),
  at: textOf(row, "at"),
  jws: textOf(row, "jws"),
});
