import Database from "better-sqlite3";

/** A one-time code and what became of it. */
export interface JoinCode {
  readonly code: string;
  /** The only workstation it is good for; null: the first that comes. */
  readonly workstation: string | null;
  /** Thumbprint of the key that used it; null while unused. */
  readonly usedBy: string | null;
}

/** What the enrolment desk keeps: its secrets and its records. Apart from the HIS's file, which must never hold them. */
export interface DeskFile {
  secret(name: string): string | null;
  keepSecret(name: string, value: string): void;
  /** The next number for a kind and subject, strictly increasing over restarts. */
  nextNumber(kind: string, subject: string): number;
  entry(clinician: string): string | null;
  keepEntry(clinician: string, json: string): void;
  addCode(code: string, workstation: string | null): void;
  code(code: string): JoinCode | null;
  unusedCode(workstation: string): string | null;
  useCode(code: string, thumbprint: string): void;
  close(): void;
}

export function openDeskFile(path: string): DeskFile {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(`
    CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS number (kind TEXT, subject TEXT, number INTEGER NOT NULL, PRIMARY KEY (kind, subject)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS entry (clinician TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS code (code TEXT PRIMARY KEY, workstation TEXT, usedBy TEXT) WITHOUT ROWID;`);
  const one = <T>(sql: string, ...parameters: readonly string[]): T | null =>
    (database.prepare(sql).get(...parameters) as T | undefined) ?? null;
  const run = (sql: string, ...parameters: readonly (string | null)[]): void =>
    void database.prepare(sql).run(...parameters);
  return {
    secret: (name) =>
      one<{ value: string }>("SELECT value FROM secret WHERE name = ?", name)?.value ?? null,
    // Never replaces: a second control key would make every statement of the first worthless.
    keepSecret: (name, value) => run("INSERT INTO secret (name, value) VALUES (?, ?)", name, value),
    nextNumber: (kind, subject) =>
      one<{ number: number }>(
        "INSERT INTO number VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number",
        kind,
        subject,
      )?.number ?? 1,
    entry: (clinician) =>
      one<{ json: string }>("SELECT json FROM entry WHERE clinician = ?", clinician)?.json ?? null,
    keepEntry: (clinician, json) =>
      run("INSERT OR REPLACE INTO entry VALUES (?, ?)", clinician, json),
    addCode: (code, workstation) => run("INSERT INTO code VALUES (?, ?, NULL)", code, workstation),
    code: (code) =>
      one<JoinCode>("SELECT code, workstation, usedBy FROM code WHERE code = ?", code),
    unusedCode: (workstation) =>
      one<{ code: string }>(
        "SELECT code FROM code WHERE workstation = ? AND usedBy IS NULL",
        workstation,
      )?.code ?? null,
    useCode: (code, thumbprint) =>
      run("UPDATE code SET usedBy = ? WHERE code = ? AND usedBy IS NULL", thumbprint, code),
    close: () => void database.close(),
  };
}
