/** The guard: the one gate every version of a safety-critical fact passes, and its ledger. */
export { decide, factAfter, firstSeen, isGuarded, isSameVersion } from "./gate.ts";
export type { Decision } from "./gate.ts";
export { claimKey } from "./fact.ts";
export type { AcceptedFact, Claim, IncomingFact, Opinion, Removal, Signature } from "./fact.ts";
export { needsTwo, weightOf, withOpinion } from "./opinions.ts";
export type { TwoFor } from "./opinions.ts";
export { claimOf, settled } from "./settle.ts";
export type { Settlement } from "./settle.ts";
export { factLedger, wholeLedger, type FactLedger } from "./fact-ledger.ts";
export { createBurstWatch } from "./burst.ts";
export { isSameContent } from "./rules/content.ts";
export { stillCounts, withoutRevoked } from "./revoked.ts";
export { GUARD_MARK, GuardMark, markedPatients, markId, markOf } from "./mark.ts";
export { digestOf, identifiersOf } from "./signature/digest.ts";
export { createProver, signatureOf } from "./signature/prove.ts";
export type { Proof, Prover, SigningTrust } from "./signature/prove.ts";
export { provenanceOf, saidIn, signatureElement, signaturesIn } from "./signature/provenance.ts";
