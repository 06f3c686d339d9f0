import { carve, type CarvedTable, type TableShape } from "./carve.ts";
import { generationInFile, keepGeneration } from "./generation.ts";
import { JOURNAL_FORMAT } from "./migrate.ts";
import { pageSource } from "./page-source.ts";
import { copyRows, reportOf, type SalvageReport } from "./salvage-report.ts";
import { intoNewFile } from "./salvaged-file.ts";

export interface JournalSalvage extends SalvageReport {
  /** uuids of acts that were there and cannot be read: to be looked for in the escrow file. */
  readonly lostActs: readonly string[];
  /** True if pages of the inbox, cursors, scope or back-fill state may be lost: everything must be fetched again. */
  readonly fetchAgain: boolean;
  /** Audit entries that are missing, by number: the trail shows the gap. */
  readonly auditGaps: readonly number[];
}

// The columns in the order of migrations/journal; a later migration that changes a table changes its shape here.
const SHAPES: readonly TableShape[] = [
  // First what exists nowhere else: if two tables could own a page, the one that must not lose it gets it.
  { name: "acts", columns: "rtttttitiITItT", indexes: ["sqlite_autoindex_acts_1"] },
  { name: "act_facts", columns: "tTTTT", indexes: ["sqlite_autoindex_act_facts_1"] },
  {
    name: "audit",
    columns: "rtt",
    looks: ([, , hash]) => typeof hash === "string" && hash.length === 64,
  },
  {
    name: "audit_heads",
    columns: "rttt",
    looks: ([, , , jws]) => typeof jws === "string" && jws.startsWith("ey"),
  },
  { name: "drafts", columns: "tttib" },
  { name: "ledger_pages", columns: "rttb" },
  { name: "ledger_places", columns: "tti", indexes: ["sqlite_autoindex_ledger_places_1"] },
  { name: "ledger", columns: "tttb", indexes: ["sqlite_autoindex_ledger_1"] },
  { name: "inbox", columns: "rttTitib" },
  { name: "slots", columns: "tib" },
  { name: "pin_failures", columns: "tii" },
  { name: "pin_changes", columns: "ttiti" },
  { name: "accesses", columns: "ttiITTTTttTIi", indexes: ["sqlite_autoindex_accesses_1"] },
  { name: "used_envelopes", columns: "ti" },
  { name: "scope", columns: "tttTiI" },
  {
    name: "statements",
    columns: "ttit",
    looks: ([, , , jws]) => typeof jws === "string" && jws.startsWith("ey"),
  },
  { name: "acts_uncounted", columns: "t" },
  { name: "cursors", columns: "ttIT" },
  { name: "backfill", columns: "tttT" },
  { name: "meta", columns: "tt" },
];

/**
 * Brings back all that can be read of a damaged journal.db into a new file in its place; the damaged one is kept. Close
 * every connection to it first.
 * @throws StoreError `missing`, `plain-file`, `wrong-key`, `disk-full`; the file is then as it was
 */
export function salvageJournal(options: {
  readonly file: string;
  /** 32 bytes, borrowed: the caller zeroes it. */
  readonly key: Uint8Array;
  /** What `generationInFile` said before the file was tried: a failed opening takes the log into the file. */
  readonly before?: number;
}): JournalSalvage {
  const { file, key } = options;
  const carved = carve(pageSource(file, key), SHAPES);
  const before = Math.min(options.before ?? Infinity, generationInFile(file, key));
  const { damagedFile } = intoNewFile(options, JOURNAL_FORMAT, (db) => {
    for (const shape of SHAPES) copyRows(db, shape, carved.tables.get(shape.name));
    keepGeneration(db, before, carved.tables.get("meta")?.rows.values() ?? []);
  });
  const report = reportOf(carved, damagedFile);
  const acts = carved.tables.get("acts");
  return {
    ...report,
    lostActs: [...(acts?.hints.values() ?? [])].flatMap(([uuid]) =>
      typeof uuid === "string" ? [uuid] : [],
    ),
    fetchAgain: ["inbox", "cursors", "scope", "backfill"].some((name) =>
      report.incomplete.includes(name),
    ),
    auditGaps: gaps(carved.tables.get("audit")),
  };
}

function gaps(audit: CarvedTable | undefined): number[] {
  const missing: number[] = [];
  let expected = 1;
  for (const seq of [...(audit?.rows.keys() ?? [])].toSorted((a, b) => a - b)) {
    for (; expected < seq; expected++) missing.push(expected);
    expected = seq + 1;
  }
  return missing;
}
