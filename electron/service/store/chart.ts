import { chartReader } from "./chart-reader.ts";
import { chartWriter, makeMissingCards } from "./chart-writer.ts";
import type { Connection, Timing } from "./connection.ts";
import { generationBefore, guardGeneration, type Generation } from "./generation.ts";
import { CHART_FORMAT, migrate, requireFormat } from "./migrate.ts";
import { openEncrypted } from "./open.ts";
import type { CardMaker, ChartReader, ChartWriter } from "./chart-types.ts";

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
  const before = generationBefore(options.file, options.key);
  const db = openEncrypted({ ...options, synchronous: "NORMAL", cacheKib: 16_000 });
  return closedOnFailure(db, () => {
    migrate(db, CHART_FORMAT);
    const guarded = guardGeneration(db, before);
    makeMissingCards(db, options.card);
    return {
      ...chartWriter(db, options.card, options.now ?? (() => performance.now())),
      ...guarded,
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
  const db = openEncrypted({ ...options, readonly: true, synchronous: "NORMAL", cacheKib: 8_000 });
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
