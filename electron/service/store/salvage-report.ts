import type { Carved, CarvedTable, TableShape } from "./carve.ts";
import type { Connection } from "./connection.ts";

/** What became of a damaged file's rows. */
export interface SalvageReport {
  readonly pages: { readonly total: number; readonly damaged: number };
  /** Rows brought back, by table. */
  readonly kept: Readonly<Record<string, number>>;
  /** Numbers of the rows that are known to be lost, by table; only tables that lost some. */
  readonly lost: Readonly<Record<string, readonly number[]>>;
  /** Tables of which a page is gone, so that there may have been rows that nothing tells of. */
  readonly incomplete: readonly string[];
  /** True if the way to some pages was lost and their rows were told by their shape: best effort. */
  readonly guessed: boolean;
  /** Where the damaged file is kept. */
  readonly damagedFile: string;
}

export function reportOf(carved: Carved, damagedFile: string): SalvageReport {
  const tables = [...carved.tables];
  return {
    pages: { total: carved.pages, damaged: carved.damagedPages },
    kept: Object.fromEntries(tables.map(([name, { rows }]) => [name, rows.size])),
    lost: Object.fromEntries(
      tables
        .filter(([, { lost }]) => lost.size > 0)
        .map(([name, { lost }]) => [name, [...lost].toSorted((a, b) => a - b)]),
    ),
    incomplete: tables.filter(([, { complete }]) => !complete).map(([name]) => name),
    guessed: carved.guessed,
    damagedFile,
  };
}

/** Writes a table's rows into the new file, in their old order and, where they have numbers, under these. */
export function copyRows(db: Connection, shape: TableShape, table: CarvedTable | undefined): void {
  const marks = Array.from(shape.columns, () => "?").join(", ");
  const insert = db.sql(`INSERT OR REPLACE INTO ${shape.name} VALUES (${marks})`);
  for (const [rowid, values] of [...(table?.rows ?? [])].toSorted(([a], [b]) => a - b))
    insert.run(...values.map((value, index) => (shape.columns[index] === "r" ? rowid : value)));
}
