/** Never edited once released: a change is a new file. Rows of `ledger` stay, and are read, until each is written the next time. */
export const ledgerPages = `
CREATE TABLE ledger_pages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, patient TEXT NOT NULL, sealed BLOB NOT NULL
);
CREATE INDEX ledger_pages_of_patient ON ledger_pages (patient, type);
CREATE TABLE ledger_places (type TEXT NOT NULL, id TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (type, id));
`;
