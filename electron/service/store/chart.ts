import { chartReader } from "./chart-reader.ts";
import { chartWriter, makeMissingCards } from "./chart-writer.ts";
import { textOf, type Connection, type Timing } from "./connection.ts";
import { CHART_FORMAT, migrate, requireFormat } from "./migrate.ts";
import { openEncrypted } from "./open.ts";
import type { CardMaker, ChartReader, ChartWriter } from "./types.ts";

/** The rollback guard's counter in a file; the other half of it is in the keychain (`vault/`). */
export interface Generation {
  generation(): number;
  setGeneration(value: number): void;
}

/**
 * Opens chart.db for its one writer. Missing cards are made anew (after salvage they are).
 * @throws StoreError `missing` (without `create`), `wrong-key`, `plain-file`, `damaged`, `newer-format`, `disk-full`
 */
export function openChart(options: {
  readonly file: string;
  /** 32 bytes, borrowed: the caller zeroes it. */
  readonly key: Uint8Array;
  readonly card: CardMaker;
  readonly create?: boolean;
  readonly timing?: Timing;
  /** Monotonic milliseconds, for the budget of `compact`. */
  readonly now?: () => number;
}): ChartWriter & Generation {
  const db = openEncrypted({ ...options, synchronous: "NORMAL", cacheKib: 16_000 });
  return closedOnFailure(db, () => {
    migrate(db, CHART_FORMAT);
    makeMissingCards(db, options.card);
    return {
      ...chartWriter(db, options.card, options.now ?? (() => performance.now())),
      generation: () => {
        const row = db.sql("SELECT value FROM meta WHERE name = 'generation'").get();
        return row === undefined ? 0 : Number(textOf(row, "value"));
      },
      setGeneration: (value) => {
        db.sql("INSERT OR REPLACE INTO meta VALUES ('generation', ?)").run(String(value));
      },
    };
  });
}

/** Opens chart.db read-only; any number of readers may work beside the writer. Errors as {@link openChart}. */
export function openChartReader(options: {
  readonly file: string;
  /** 32 bytes, borrowed: the caller zeroes it. */
  readonly key: Uint8Array;
  readonly timing?: Timing;
}): ChartReader {
  const db = openEncrypted({ ...options, readonly: true, synchronous: "NORMAL", cacheKib: 16_000 });
  return closedOnFailure(db, () => {
    requireFormat(db, CHART_FORMAT);
    return chartReader(db);
  });
}

export function closedOnFailure<T>(db: Connection, work: () => T): T {
  try {
    return work();
  } catch (error) {
    db.close();
    throw error;
  }
}
