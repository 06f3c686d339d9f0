/** The hash-chained trail of who did what on this PC. */
export { readAnchor, type Anchor, type Position } from "./anchor.ts";
export { createAudit, type Audit } from "./audit.ts";
export { GENESIS, link, verifyChain, type ChainRow } from "./chain.ts";
export { createHeads, type Heads } from "./heads.ts";
export { isWhole, verifyTrail, type TrailVerdict } from "./verify.ts";
export { auditEventsOf, headEvent } from "./balp.ts";
export {
  ACCESS_SYSTEM,
  ACCESSES_QUESTION,
  readReported,
  reviewIn,
  reviewOf,
  type ReportedAccess,
  type ReportedReview,
} from "./reported.ts";
export { accessOf, readAccesses, type TrailAccess } from "./accesses.ts";
export {
  createReadingWatch,
  isRestrictedReading,
  type Reading,
  type ReadingWatch,
} from "./unusual.ts";
export { auditBody, MOST_PATIENTS, type AuditNote } from "./events.ts";
