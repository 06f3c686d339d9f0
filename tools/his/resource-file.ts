import Database from "better-sqlite3";
import { patientOf, tokensOf } from "./search-index.ts";

/** A resource as it lies in the file. */
export interface Stored {
  resourceType: string;
  id: string;
  meta?: { versionId?: string; lastUpdated?: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** One version of a resource; `json` is null for a tombstone. */
export interface VersionRow {
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  readonly method: "POST" | "PUT" | "DELETE";
  readonly json: string | null;
}

// `state`: 1 current, 0 superseded, 2 current and deleted. `seq` grows with every write, so (updated, seq) is a total
// order in which a page once read never changes behind the reader.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS version (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  updated INTEGER NOT NULL, method TEXT NOT NULL, state INTEGER NOT NULL, patient TEXT, json TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS version_id ON version (type, id, version);
CREATE UNIQUE INDEX IF NOT EXISTS version_current ON version (type, id) WHERE state <> 0;
CREATE INDEX IF NOT EXISTS version_updated ON version (type, updated, seq, patient) WHERE state = 1;
CREATE INDEX IF NOT EXISTS version_patient ON version (type, patient, updated, seq) WHERE state = 1;
CREATE INDEX IF NOT EXISTS version_time ON version (updated);
CREATE TABLE IF NOT EXISTS token (type TEXT NOT NULL, parameter TEXT NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (type, parameter, value, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_seq ON token (seq);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
/** After every version there will ever be. */
const END: Place = { updated: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
const ROW = "seq, type, id, version, updated, method, json";

/** What one write did: the version written and, for the rooms that watch, what it replaced. */
export interface Change {
  readonly row: VersionRow;
  readonly replaced: VersionRow | null;
}

/** A place in the order of writing, between two versions. */
export interface Place {
  readonly updated: number;
  readonly seq: number;
}

/** Reads of one connection. A reader's connection sees committed data only; a writer's also what it has just written. */
export interface Reader {
  current(type: string, id: string): VersionRow | null;
  version(type: string, id: string, version: number): VersionRow | null;
  /** Versions of one resource, of a type, or (null) of everything, tombstones included; newest first, from before a place on. */
  history(
    of: { readonly type: string | null; readonly id: string | null },
    since: number,
    before: Place | null,
    limit: number,
  ): VersionRow[];
  rows(sql: string, parameters: readonly unknown[]): IterableIterator<unknown>;
  fact(name: string): string | null;
}

export interface Writer extends Reader {
  /** Writes the next version; `at` only for history made before the HIS went live (the generator). Gives the row written. */
  put(resource: Stored, method: "POST" | "PUT", at?: number): VersionRow;
  remove(type: string, id: string): void;
  setFact(name: string, value: string): void;
  /** Runs `work` in a savepoint: what it wrote is undone when it throws. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
  /** Reads anew up to where the file's time has come. */
  resume(): void;
}

export interface ResourceFile {
  readonly reader: Reader;
  /**
   * The only way to write: one piece of work at a time, in one transaction, committed when `work` resolves and rolled
   * back when it throws. No other write can get between or join in.
   */
  exclusively<T>(work: (writer: Writer) => Promise<T>): Promise<T>;
  /**
   * A backup takes the place of the file: what was written after `at` (ms) never was, versions and times go on from there.
   * Gives how many versions were forgotten. The file's facts stay: they are no part of the record.
   */
  restore(at: number): Promise<number>;
  /** Calls `listener` with what each committed piece of work has written. */
  onCommit(listener: (changes: readonly Change[]) => void): void;
  close(): Promise<void>;
}

/** Opens (or makes) the HIS's file. `now` in ms; server time never goes back, whatever the clock does. */
export function openResourceFile(path: string, now: () => number): ResourceFile {
  const writing = open(path);
  writing.exec(SCHEMA);
  const reading = open(path);
  const reader = makeReader(reading);
  const changes: Change[] = [];
  const writer = makeWriter(writing, now, changes);
  const listeners: ((changes: readonly Change[]) => void)[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  async function exclusively<T>(work: (writer: Writer) => Promise<T>): Promise<T> {
    writing.exec("BEGIN IMMEDIATE");
    changes.length = 0;
    try {
      const result = await work(writer);
      writing.exec("COMMIT");
      const committed = changes.slice();
      for (const listener of listeners) listener(committed);
      return result;
    } catch (error) {
      // A full disk has already rolled back; then there is nothing left to undo.
      if (writing.inTransaction) writing.exec("ROLLBACK");
      throw error;
    }
  }
  return {
    reader,
    exclusively(work) {
      const turn = queue.then(() => exclusively(work));
      queue = turn.catch(() => undefined);
      return turn;
    },
    restore(at) {
      const turn = queue.then(() => restoreTo(writing, writer, at));
      queue = turn.catch(() => undefined);
      return turn;
    },
    onCommit: (listener) => void listeners.push(listener),
    async close() {
      await queue;
      reading.close();
      writing.close();
    },
  };
}

function open(path: string): Database.Database {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  // What was acknowledged to a workstation survives a power cut.
  database.pragma("synchronous = FULL");
  database.pragma("cache_size = -65536");
  return database;
}

function restoreTo(database: Database.Database, writer: Writer, at: number): number {
  const token = database.prepare("INSERT INTO token VALUES (?, ?, ?, ?)");
  const work = database.transaction((): number => {
    const kept = database
      .prepare("SELECT max(seq) FROM version WHERE updated <= ?")
      .pluck()
      .get(at);
    const mark = Number(kept ?? 0);
    const touched = database
      .prepare<[number], { type: string; id: string }>(
        "SELECT DISTINCT type, id FROM version WHERE seq > ?",
      )
      .all(mark);
    database.prepare("DELETE FROM token WHERE seq > ?").run(mark);
    const { changes } = database.prepare("DELETE FROM version WHERE seq > ?").run(mark);
    // As in a real backup the numbering goes back too, and is used again.
    database.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'version'").run(mark);
    const latest = database.prepare<[string, string], VersionRow>(
      `SELECT ${ROW} FROM version WHERE type = ? AND id = ? ORDER BY version DESC LIMIT 1`,
    );
    const revive = database.prepare("UPDATE version SET state = ? WHERE seq = ?");
    for (const { type, id } of touched) {
      const row = latest.get(type, id);
      if (row === undefined) continue;
      revive.run(row.json === null ? 2 : 1, row.seq);
      database.prepare("DELETE FROM token WHERE seq = ?").run(row.seq);
      if (row.json !== null)
        for (const [parameter, value] of tokensOf(JSON.parse(row.json) as Stored))
          token.run(type, parameter, value, row.seq);
    }
    return changes;
  });
  const forgotten = work.immediate();
  writer.resume();
  return forgotten;
}

function makeReader(database: Database.Database): Reader {
  const current = database.prepare<[string, string], VersionRow>(
    `SELECT ${ROW} FROM version WHERE type = ? AND id = ? AND state <> 0`,
  );
  const version = database.prepare<[string, string, number], VersionRow>(
    `SELECT ${ROW} FROM version WHERE type = ? AND id = ? AND version = ?`,
  );
  const below = "updated >= ? AND (updated, seq) < (?, ?) ORDER BY updated DESC, seq DESC LIMIT ?";
  type Bounds = [since: number, updated: number, seq: number, limit: number];
  const ofOne = database.prepare<[string, string, ...Bounds], VersionRow>(
    `SELECT ${ROW} FROM version INDEXED BY version_id WHERE type = ? AND id = ? AND ${below}`,
  );
  const ofType = database.prepare<[string, ...Bounds], VersionRow>(
    `SELECT ${ROW} FROM version INDEXED BY version_time WHERE type = ? AND ${below}`,
  );
  const ofAll = database.prepare<Bounds, VersionRow>(
    `SELECT ${ROW} FROM version INDEXED BY version_time WHERE ${below}`,
  );
  const fact = database.prepare<[string], { value: string }>(
    "SELECT value FROM fact WHERE name = ?",
  );
  const prepared = new Map<string, Database.Statement>();
  return {
    current: (type, id) => current.get(type, id) ?? null,
    version: (type, id, number) => version.get(type, id, number) ?? null,
    history({ type, id }, since, before, limit) {
      const { updated, seq } = before ?? END;
      if (type === null) return ofAll.all(since, updated, seq, limit);
      if (id === null) return ofType.all(type, since, updated, seq, limit);
      return ofOne.all(type, id, since, updated, seq, limit);
    },
    rows(sql, parameters) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = database.prepare(sql);
        if (prepared.size > 200) prepared.clear();
        prepared.set(sql, statement);
      }
      return statement.iterate(...parameters);
    },
    fact: (name) => fact.get(name)?.value ?? null,
  };
}

function makeWriter(database: Database.Database, now: () => number, changes: Change[]): Writer {
  const reader = makeReader(database);
  const supersede = database.prepare("UPDATE version SET state = 0 WHERE seq = ?");
  const insert = database.prepare(
    "INSERT INTO version (type, id, version, updated, method, state, patient, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const forgetTokens = database.prepare("DELETE FROM token WHERE seq = ?");
  const insertToken = database.prepare(
    "INSERT INTO token (type, parameter, value, seq) VALUES (?, ?, ?, ?)",
  );
  const newest = database.prepare("SELECT max(updated) FROM version").pluck();
  const setFact = database.prepare("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)");
  let last = (newest.get() as number | null) ?? 0;
  let depth = 0;

  function stamp(): number {
    last = Math.max(last, now());
    return last;
  }
  function write(
    type: string,
    id: string,
    method: VersionRow["method"],
    updated: number,
    resource: Stored | null,
  ): VersionRow {
    const previous = reader.current(type, id);
    const version = (previous?.version ?? 0) + 1;
    if (previous !== null) {
      supersede.run(previous.seq);
      forgetTokens.run(previous.seq);
    }
    const stored = resource && {
      ...resource,
      meta: {
        ...resource.meta,
        versionId: String(version),
        lastUpdated: new Date(updated).toISOString(),
      },
    };
    const json = stored && JSON.stringify(stored);
    const patient = stored && patientOf(stored);
    const { lastInsertRowid } = insert.run(
      type,
      id,
      version,
      updated,
      method,
      json === null ? 2 : 1,
      patient,
      json,
    );
    const seq = Number(lastInsertRowid);
    if (stored !== null)
      for (const [parameter, value] of tokensOf(stored))
        insertToken.run(type, parameter, value, seq);
    const row = { seq, type, id, version, updated, method, json };
    changes.push({ row, replaced: previous });
    return row;
  }
  return {
    ...reader,
    put: (resource, method, at) =>
      write(resource.resourceType, resource.id, method, at ?? stamp(), resource),
    remove(type, id) {
      write(type, id, "DELETE", stamp(), null);
    },
    setFact: (name, value) => void setFact.run(name, value),
    resume() {
      last = (newest.get() as number | null) ?? 0;
    },
    async savepoint(work) {
      depth += 1;
      const before = changes.length;
      const name = `s${depth}`;
      database.exec(`SAVEPOINT ${name}`);
      try {
        const result = await work();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        changes.length = before;
        if (database.inTransaction) database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
        throw error;
      } finally {
        depth -= 1;
      }
    },
  };
}
