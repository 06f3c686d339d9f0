/** Never edited once released: a change is a new file. */
export const auditHeads = `
CREATE TABLE audit_heads (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, at TEXT NOT NULL, jws TEXT NOT NULL);
`;
