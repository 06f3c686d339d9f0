/** What IT has decided. */
export { readPolicy, type PolicyReading } from "./read.ts";
export { DEFAULT_POLICY, Policy } from "./schema.ts";
