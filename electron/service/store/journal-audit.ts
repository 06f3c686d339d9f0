import { textOf, numberOf, type Connection } from "./connection.ts";
import type { AuditRow, ChainLink, Journal } from "./types.ts";

/** What comes before the first entry. */
export const FIRST_HASH = "0".repeat(64);

/** Appends audit bodies in the caller's transaction. */
export type AppendAudit = (bodies: readonly string[]) => void;

/** The hash-chained trail: entries are numbered from 1 without a gap, and only ever added. */
export function journalAudit(
  db: Connection,
  chain: ChainLink,
): {
  readonly append: AppendAudit;
  readonly calls: Pick<Journal, "appendAudit" | "audit" | "auditSize">;
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
          .map((row): AuditRow => ({
            seq: numberOf(row, "seq"),
            body: textOf(row, "body"),
            hash: textOf(row, "hash"),
          })),
      auditSize: () => {
        const row = db.sql("SELECT coalesce(max(seq), 0) AS n FROM audit").get();
        return row === undefined ? 0 : numberOf(row, "n");
      },
    },
  };
}
