import type Database from "better-sqlite3-multiple-ciphers";
import { asStoreError, StoreError } from "./errors.ts";

/** What a column may hold. */
export type Cell = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, Cell>>;

/** Told of a statement slower than the limit. SECURITY: the text with its placeholders, never a value. */
export type SlowLog = (slow: { readonly statement: string; readonly milliseconds: number }) => void;

export interface Timing {
  readonly log: SlowLog;
  /** Milliseconds from which on a statement is slow. */
  readonly limit: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A prepared statement that names what failed without naming a value. */
export interface Query {
  run(...values: readonly Cell[]): { readonly changes: number; readonly id: number };
  get(...values: readonly Cell[]): Row | undefined;
  all(...values: readonly Cell[]): Row[];
}

/** One open file: prepared statements by their text, and transactions. */
export interface Connection {
  sql(text: string): Query;
  /** BEGIN IMMEDIATE: two threads write journal.db, and a read that turns into a write cannot wait. */
  write<T>(work: () => T): T;
  /** From now on every {@link Connection.write} also runs this statement: see generation.ts. */
  stampWrites(text: string): void;
  /** One snapshot for several reads. */
  read<T>(work: () => T): T;
  exec(text: string): void;
  pragma(text: string): unknown;
  close(): void;
}

const WRITE = "BEGIN IMMEDIATE";

/** Wraps an opened database; every error leaves as a {@link StoreError}. */
export function connection(database: Database.Database, timing?: Timing): Connection {
  const prepared = new Map<string, Query>();

  const guarded = <T>(text: string, work: () => T): T => {
    const start = timing?.now() ?? 0;
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, text.trim().split(/\s+/u, 3).join(" "));
    } finally {
      if (timing !== undefined) {
        const milliseconds = timing.now() - start;
        if (milliseconds >= timing.limit) timing.log({ statement: text, milliseconds });
      }
    }
  };

  const prepare = (text: string): Query => {
    const statement = guarded(text, () => database.prepare<Cell[], Row>(text));
    return {
      run: (...values) =>
        guarded(text, () => {
          const result = statement.run(...values);
          return { changes: result.changes, id: Number(result.lastInsertRowid) };
        }),
      get: (...values) => guarded(text, () => statement.get(...values)),
      all: (...values) => guarded(text, () => statement.all(...values)),
    };
  };

  let stamp: Query | null = null;
  const transact = <T>(begin: string, work: () => T): T => {
    if (database.inTransaction) return work();
    guarded(begin, () => database.exec(begin));
    try {
      if (begin === WRITE) stamp?.run();
      const result = work();
      guarded("COMMIT", () => database.exec("COMMIT"));
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself (a full disk does that).
      if (database.inTransaction) database.exec("ROLLBACK");
      throw asStoreError(error, "transaction");
    }
  };

  return {
    sql: (text) => {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const query = prepare(text);
      prepared.set(text, query);
      return query;
    },
    write: (work) => transact(WRITE, work),
    stampWrites: (text) => {
      stamp = prepare(text);
    },
    read: (work) => transact("BEGIN", work),
    exec: (text) => guarded(text, () => database.exec(text)),
    pragma: (text) => guarded(text, () => database.pragma(text, { simple: true })),
    close: () => {
      prepared.clear();
      if (database.open) database.close();
    },
  };
}

/** A column that the schema says is text. Anything else means that the row is not what was written. */
export function textOf(row: Row, column: string): string {
  const cell = row[column];
  if (typeof cell !== "string") throw new StoreError("damaged", `${column}: not text`);
  return cell;
}
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}
export function numberOf(row: Row, column: string): number {
  const cell = row[column];
  if (typeof cell !== "number") throw new StoreError("damaged", `${column}: not a number`);
  return cell;
}
export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}
export function bytesOf(row: Row, column: string): Uint8Array<ArrayBuffer> {
  const cell = row[column];
  if (!(cell instanceof Uint8Array)) throw new StoreError("damaged", `${column}: not bytes`);
  return new Uint8Array(cell.buffer as ArrayBuffer, cell.byteOffset, cell.byteLength);
}
