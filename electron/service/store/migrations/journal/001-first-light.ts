/** Never edited once released: a change is a new file. */
export const firstLight = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta VALUES ('generation', '0');

CREATE TABLE slots (clinician TEXT PRIMARY KEY, epoch INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE statements (
  kind TEXT NOT NULL, subject TEXT NOT NULL, number INTEGER NOT NULL, jws TEXT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE TABLE pin_failures (clinician TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL);

CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, type TEXT NOT NULL, patient TEXT,
  last INTEGER NOT NULL, as_of TEXT NOT NULL, resources INTEGER NOT NULL, sealed BLOB NOT NULL
);
CREATE TABLE cursors (type TEXT PRIMARY KEY, cursor TEXT NOT NULL, last_page_at INTEGER, problem TEXT);
CREATE TABLE scope (
  patient TEXT NOT NULL, encounter TEXT NOT NULL, ward TEXT NOT NULL, location TEXT,
  entered_at INTEGER NOT NULL, left_at INTEGER, PRIMARY KEY (patient, encounter)
);
CREATE TABLE backfill (
  patient TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, next TEXT, PRIMARY KEY (patient, type)
);

CREATE TABLE acts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, patient TEXT NOT NULL,
  author TEXT NOT NULL, at TEXT NOT NULL, queued_at INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt INTEGER, reason TEXT, acknowledged_at INTEGER,
  body TEXT NOT NULL, stored TEXT
);
CREATE INDEX acts_unsent ON acts (seq) WHERE state <> 'acknowledged';
CREATE INDEX acts_of_patient ON acts (patient);

CREATE TABLE drafts (
  clinician TEXT NOT NULL, patient TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (clinician, patient, kind)
);
CREATE TABLE ledger (
  type TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (type, id)
);
CREATE INDEX ledger_of_patient ON ledger (patient);

CREATE TABLE audit (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL);
`;
