import Database from "better-sqlite3-multiple-ciphers";
import { expect, test } from "vitest";
import { INBOX_NEXT, INBOX_SIZE } from "./journal-inbox.ts";
import { JOURNAL_FORMAT } from "./migrate.ts";

test.each([INBOX_SIZE, INBOX_NEXT])(
  "what waits is counted and chosen without reading it: %s",
  (sql) => {
    const db = new Database(":memory:");
    for (const step of JOURNAL_FORMAT.steps) db.exec(step);
    const plan = db
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(sql.includes("?") ? [1] : []));
    expect(plan.map(({ detail }) => detail)).toEqual([
      "SCAN inbox USING COVERING INDEX inbox_sizes",
    ]);
    db.close();
  },
);
