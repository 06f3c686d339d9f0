/** Never edited once released: a change is a new file. */
export const people = `
CREATE TABLE pin_changes (
  clinician TEXT PRIMARY KEY, box TEXT NOT NULL, number INTEGER NOT NULL, jws TEXT NOT NULL, sent INTEGER NOT NULL
);
CREATE TABLE accesses (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, clinician TEXT, name TEXT, by_whom TEXT,
  patient TEXT, reason TEXT NOT NULL, workstation TEXT NOT NULL, reviewed_by TEXT, reviewed_at INTEGER,
  reported INTEGER NOT NULL
);
CREATE INDEX accesses_by_time ON accesses (at);
CREATE TABLE used_envelopes (id TEXT PRIMARY KEY, at INTEGER NOT NULL);
`;
