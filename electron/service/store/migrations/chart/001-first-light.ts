/**
 * Never edited once released: a change is a new file.
 *
 * `section` is patients.pid * 1024 + types.number. Of two chunks that hold one id, the one with the greater number holds
 * the current version; compaction drops what is superseded. `holds` is the chunk's packed index (chunk.ts).
 */
export const firstLight = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta VALUES ('generation', '0');

CREATE TABLE patients (pid INTEGER PRIMARY KEY AUTOINCREMENT, patient TEXT NOT NULL UNIQUE);
CREATE TABLE types (number INTEGER PRIMARY KEY, type TEXT NOT NULL UNIQUE, as_of TEXT);
CREATE TABLE sections (
  section INTEGER PRIMARY KEY, as_of TEXT, damaged INTEGER NOT NULL, resources INTEGER NOT NULL,
  chunks INTEGER NOT NULL, tail INTEGER NOT NULL, superseded INTEGER NOT NULL
);
CREATE TABLE chunks (
  number INTEGER PRIMARY KEY AUTOINCREMENT, section INTEGER NOT NULL, raw INTEGER NOT NULL, packed INTEGER NOT NULL,
  removes INTEGER NOT NULL, holds BLOB NOT NULL, body BLOB NOT NULL
);
CREATE INDEX chunks_of_section ON chunks (section);
CREATE TABLE cards (pid INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE placements (patient TEXT PRIMARY KEY, encounter TEXT NOT NULL, ward TEXT NOT NULL, location TEXT);
CREATE TABLE unreadable (
  patient TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL, text TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (patient, type, id)
);
`;
