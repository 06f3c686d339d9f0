/** The hash-chained trail of who did what on this PC. */
export { createAudit, type Audit } from "./audit.ts";
export { GENESIS, link, verifyChain, type ChainRow } from "./chain.ts";
export { auditBody, type AuditNote } from "./events.ts";
