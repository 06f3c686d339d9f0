import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";
import { closedOnFailure } from "./chart.ts";
import { cipherFor, fileHead } from "./pages.ts";
import type { Cell, Connection, Row } from "./connection.ts";
import { asStoreError, StoreError } from "./errors.ts";
import { openEncrypted, useKey } from "./open.ts";

/** Tells of each step; tests kill at one. */
export type Step = (name: string) => void;

/** What a file has beside it while it is open. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** Removes a database with all that lies beside it. The log last goes, so that it never stands beside another file. */
export function removeDatabase(file: string): void {
  for (const part of ["", ...BESIDE]) rmSync(file + part, { force: true });
}

/** Whether this key opens the file; no other connection is needed, and nothing is written. */
export function keyOpens(file: string, key: Uint8Array): boolean {
  if (fileHead(file) !== "sealed") return false;
  return cipherFor(readFileSync(file), key) !== null;
}

/**
 * Writes a copy of an encrypted file under another key, `change`s it, and compares every row with the original's. The
 * original is closed again when it returns, with nothing left in its log. The copy is on disk, whole, or not there.
 * @throws StoreError `missing`, `wrong-key`, `damaged` (a damaged file is salvaged first, not copied), `disk-full`
 */
export function copyUnderKey(options: {
  readonly from: string;
  readonly to: string;
  /** Both 32 bytes, borrowed. */
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  /** What has to differ in the copy, in one transaction; its tables are left out of the comparison. */
  readonly change?: {
    readonly tables: readonly string[];
    readonly make: (copy: Connection) => void;
  };
  readonly step: Step;
}): void {
  const { from, to, oldKey, newKey, change, step } = options;
  removeDatabase(to);
  try {
    vacuumInto(from, to, oldKey);
    step("copied");
    rekey(to, oldKey, newKey);
    step("rekeyed");
    const original = openEncrypted({
      file: from,
      key: oldKey,
      synchronous: "FULL",
      cacheKib: 4_000,
    });
    closedOnFailure(original, () => {
      const copy = openEncrypted({ file: to, key: newKey, synchronous: "FULL", cacheKib: 4_000 });
      closedOnFailure(copy, () => {
        compare(original, copy, []);
        if (change !== undefined) {
          copy.write(() => change.make(copy));
          compare(original, copy, change.tables);
        }
        step("compared");
        copy.pragma("wal_checkpoint(TRUNCATE)");
        copy.close();
      });
      original.pragma("wal_checkpoint(TRUNCATE)");
      original.close();
    });
    for (const part of BESIDE) rmSync(to + part, { force: true });
    toDisk(to);
    step("on-disk");
  } catch (error) {
    removeDatabase(to);
    throw asStoreError(error, "copy under another key");
  }
}

/**
 * Puts the copy in the original's place. SECURITY: never with a log of the original beside it, which would be taken for
 * the copy's: after {@link copyUnderKey} the log is empty, and it goes first.
 */
export function takePlace(copy: string, original: string): void {
  const log = `${original}-wal`;
  if (existsSync(log) && statSync(log).size > 0)
    throw new StoreError("other", "the file is still in use");
  for (const part of BESIDE) rmSync(original + part, { force: true });
  renameSync(copy, original);
  folderToDisk(original);
}

function vacuumInto(from: string, to: string, key: Uint8Array): void {
  const source = openEncrypted({ file: from, key, synchronous: "FULL", cacheKib: 4_000 });
  // SECURITY: mode 0600 from the first moment; an empty file is what VACUUM INTO fills.
  closeSync(openSync(to, "wx", 0o600));
  closedOnFailure(source, () => {
    refuseShared(source);
    source.sql("VACUUM INTO ?").run(to);
    source.close();
  });
}

/** What others write while a copy is made would be lost with the original: the log can be left only by the last one. */
function refuseShared(source: Connection): void {
  source.pragma("busy_timeout=200");
  let mode: unknown = null;
  try {
    mode = source.pragma("journal_mode=DELETE");
  } catch (error) {
    throw new StoreError("other", "the file is still in use", { cause: error });
  }
  if (mode !== "delete") throw new StoreError("other", "the file is still in use");
}

/** The copy alone is encrypted anew, in place: a kill here leaves a copy that is thrown away. */
function rekey(file: string, oldKey: Uint8Array, newKey: Uint8Array): void {
  const database = new Database(file, { fileMustExist: true });
  try {
    // The recipe of openEncrypted, without the log: this engine encrypts anew only in the old journal mode.
    database.pragma("cipher='sqlcipher'");
    database.pragma("legacy=4");
    useKey(oldKey, (literal) => database.key(literal));
    database.pragma("temp_store=MEMORY");
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    database.pragma("journal_mode=DELETE");
    useKey(newKey, (literal) => database.rekey(literal));
  } finally {
    database.close();
  }
}

/** Every row of every table, in order. @throws StoreError `damaged` for the first difference; nothing is named. */
function compare(original: Connection, copy: Connection, without: readonly string[]): void {
  const tables = (db: Connection): string[] =>
    db
      .sql("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name));
  const names = tables(original);
  if (names.join() !== tables(copy).join()) throw new StoreError("damaged", "the copy differs");
  for (const name of names) {
    if (without.includes(name)) continue;
    // Names come from the file's own schema, which this program wrote.
    const some = `SELECT rowid AS place, * FROM "${name}" WHERE rowid > ? ORDER BY rowid LIMIT 200`;
    // VACUUM may number rows anew where nothing refers to the number; their order stays.
    let here: Cell = -1;
    let there: Cell = -1;
    for (let more = true; more;) {
      const rows: Row[] = original.sql(some).all(here);
      const same: Row[] = copy.sql(some).all(there);
      if (rows.length !== same.length || !rows.every((row, index) => equal(row, same[index])))
        throw new StoreError("damaged", "the copy differs");
      here = rows.at(-1)?.["place"] ?? here;
      there = same.at(-1)?.["place"] ?? there;
      more = rows.length > 0;
    }
  }
}

function equal(a: Row, b: Row | undefined): boolean {
  return (
    b !== undefined &&
    Object.entries(a).every(([column, cell]) => {
      const other = b[column];
      if (column === "place") return true;
      return cell instanceof Uint8Array && other instanceof Uint8Array
        ? Buffer.compare(cell, other) === 0
        : cell === other;
    })
  );
}

function toDisk(file: string): void {
  const handle = openSync(file, "r+");
  fsyncSync(handle);
  closeSync(handle);
  folderToDisk(file);
}

/** A name is for certain only when its folder is on disk too (not offered by Windows, nor needed there). */
export function folderToDisk(file: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}
