/** Never edited once released: a change is a new file. What waits is counted without touching the pages themselves. */
export const inboxSizes = `
CREATE INDEX inbox_sizes ON inbox (seq, resources);
`;
