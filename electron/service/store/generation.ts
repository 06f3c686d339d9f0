import { carvePage } from "./btree.ts";
import { PAGE_SIZE, pageCipher } from "./cipher.ts";
import { textOf, type Cell, type Connection } from "./connection.ts";
import type { PageSource } from "./page-source.ts";
import { readAt } from "./pages.ts";
import { putInPlace } from "./set-aside.ts";

/** The rollback guard's counter in a file; the other half of it is in the keychain (`vault/generations.ts`). */
export interface Generation {
  /**
   * What the file was opened with, until it is set: the lesser of what the file says by itself and what it says with its
   * write-ahead log; 0 for a new one, {@link UNREADABLE} when the file by itself could not be read.
   */
  generation(): number;
  /** Answers whether it is in the file itself and not only in its log: only then may the keychain be told. */
  setGeneration(value: number): boolean;
}

/** The file by itself does not say its generation: a torn page, as after a power cut, or one that was tampered with. */
export const UNREADABLE = -1;

const NAME = "generation";

/**
 * SECURITY: every transaction changes the page that holds the generation, so that no log of an earlier time can be put
 * back without bringing its generation along. The row is `<generation>/<random>`: SQLite writes no page that stays as it was.
 */
const STAMP = `UPDATE meta SET value = substr(value, 1, instr(value || '/', '/') - 1) || '/' || hex(randomblob(4))
  WHERE name = '${NAME}'`;

/** What {@link guardGeneration} needs to know from before the file was opened. */
export function generationBefore(file: string, key: Uint8Array): number {
  // As opening does: a salvage that was cut off after its file was whole ends here.
  putInPlace(file);
  return generationInFile(file, key);
}

/** Guards an open file; `before` is {@link generationBefore}. */
export function guardGeneration(db: Connection, before: number): Generation {
  db.stampWrites(STAMP);
  const inLog = current(db);
  // UNREADABLE is the least of all.
  let answer = Math.min(before, inLog);
  return {
    generation: () => answer,
    setGeneration: (value) => {
      db.write(() => {
        db.sql(`INSERT OR REPLACE INTO meta VALUES ('${NAME}', ?)`).run(String(value));
      });
      answer = value;
      // SECURITY: an older file under the log of today would pass for today's: so the file itself must hold it too.
      const [state] = db.sql("PRAGMA wal_checkpoint(PASSIVE)").all();
      return state?.["busy"] === 0 && state["log"] === state["checkpointed"];
    },
  };
}

/**
 * Into a salvaged file: the lesser of what the damaged file said by itself (`before`) and with its log, so that a mixture
 * of two times that had to be salvaged does not pass for today's. What cannot be told any more stays untold.
 */
export function keepGeneration(
  db: Connection,
  before: number,
  carved: Iterable<readonly Cell[]>,
): void {
  const row = [...carved].find(([name]) => name === NAME);
  const inLog = row === undefined ? UNREADABLE : numbered(String(row[1]));
  const certain = before !== UNREADABLE && inLog !== UNREADABLE;
  db.sql(`INSERT OR REPLACE INTO meta VALUES ('${NAME}', ?)`).run(
    certain ? String(Math.min(before, inLog)) : "?",
  );
}

/** The number without its random end, as everybody else sees the row. */
export function plainGeneration(value: string): string {
  return value.split("/", 1)[0] ?? value;
}

function current(db: Connection): number {
  const row = db.sql(`SELECT value FROM meta WHERE name = '${NAME}'`).get();
  return row === undefined ? 0 : numbered(textOf(row, "value"));
}

function numbered(text: string): number {
  const number = Number(plainGeneration(text));
  return Number.isSafeInteger(number) && number >= 0 ? number : UNREADABLE;
}

/**
 * What the file says by itself, whatever its log says; read without SQLite, which would take the log along. 0 when there
 * is no file yet or nothing in it, {@link UNREADABLE} when it cannot be read with this key.
 */
export function generationInFile(file: string, key: Uint8Array): number {
  const salt = readAt(file, 0, 16);
  if (salt === null || salt.length < 16) return 0;
  const cipher = pageCipher(key, salt);
  const source: PageSource = {
    count: Number.MAX_SAFE_INTEGER,
    page: (number) => {
      const page = readAt(file, (number - 1) * PAGE_SIZE, PAGE_SIZE);
      return page === null ? null : cipher.open(page, number);
    },
  };
  try {
    const root = rowOf(source, 1, ([, name]) => name === "meta");
    if (root === undefined) return 0;
    const row = rowOf(source, Number(root[3]), ([name]) => name === NAME);
    return row === undefined ? 0 : numbered(String(row[1]));
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return UNREADABLE;
    throw error;
  }
}

class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** Deep enough for any table this program has, and an end to a damaged tree that leads in circles. */
const MOST_PAGES = 10_000;

function rowOf(
  source: PageSource,
  root: number,
  wanted: (values: readonly unknown[]) => boolean,
): readonly unknown[] | undefined {
  const waiting = [root];
  for (let read = 0; waiting.length > 0; read++) {
    const page = read > MOST_PAGES ? null : carvePage(source, waiting.pop() ?? 0);
    if (page === null) throw new Unreadable("a page cannot be read");
    const found = page.rows.find(({ values }) => wanted(values));
    if (found !== undefined) return found.values;
    waiting.push(...page.children);
  }
  return undefined;
}
