import type { Connection } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { firstLight as chart001 } from "./migrations/chart/001-first-light.ts";
import { firstLight as journal001 } from "./migrations/journal/001-first-light.ts";

import { people as journal002 } from "./migrations/journal/002-people.ts";
import { auditHeads as journal003 } from "./migrations/journal/003-audit-heads.ts";
import { actsAboutActs as journal004 } from "./migrations/journal/004-acts-about-acts.ts";
import { ledgerPages as journal005 } from "./migrations/journal/005-ledger-pages.ts";
import { orders as journal006 } from "./migrations/journal/006-orders.ts";
import { inboxSizes as journal007 } from "./migrations/journal/007-inbox-sizes.ts";

export interface Format {
  /** SQLite's application_id: tells the two files apart, whatever they are called. */
  readonly id: number;
  /** In order; the format's number is how many have run. */
  readonly steps: readonly string[];
}

export const JOURNAL_FORMAT: Format = {
  id: 0x414d4a4e,
  steps: [journal001, journal002, journal003, journal004, journal005, journal006, journal007],
};
export const CHART_FORMAT: Format = { id: 0x414d4348, steps: [chart001] };

/**
 * Brings a file to the newest format, each step with its number in one transaction.
 * @throws StoreError `newer-format` for a file of a later version, which is left untouched.
 */
export function migrate(db: Connection, format: Format): void {
  if (current(db, format) === format.steps.length) return;
  db.write(() => {
    // Asked again: the other thread may have been first.
    for (const step of format.steps.slice(current(db, format))) db.exec(step);
    db.pragma(`application_id=${format.id}`);
    db.pragma(`user_version=${format.steps.length}`);
  });
}

/** For readers: refuses what {@link migrate} would refuse or would have to change. */
export function requireFormat(db: Connection, format: Format): void {
  if (current(db, format) !== format.steps.length)
    throw new StoreError("other", "the file has an older format; its writer must open it first");
}

function current(db: Connection, format: Format): number {
  const number = Number(db.pragma("user_version"));
  if (number > 0 && Number(db.pragma("application_id")) !== format.id)
    throw new StoreError("other", "this is another kind of file");
  if (number > format.steps.length)
    throw new StoreError(
      "newer-format",
      `format ${number}; this version knows ${format.steps.length}`,
    );
  return number;
}
