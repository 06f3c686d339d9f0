import { textOf, type Connection } from "./connection.ts";

/**
 * Both files hold the number of the last batch the chart was given, each in the transaction it belongs to, the chart's first.
 * A chart that holds a lesser one than the journal has lost what it had committed: its log was torn, or an older file put back.
 */
const NAME = "batch";

export function putLastBatch(db: Connection, number: number): void {
  db.sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(NAME, String(number));
}

export function lastBatch(db: Connection): number {
  const row = db.sql("SELECT value FROM meta WHERE name = ?").get(NAME);
  const number = row === undefined ? 0 : Number(textOf(row, "value"));
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
