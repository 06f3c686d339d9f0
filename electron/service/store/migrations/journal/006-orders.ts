/** Never edited once released: a change is a new file. */
export const orders = `
CREATE INDEX acts_ordered ON acts (uuid, stored) WHERE kind = 'order';
`;
