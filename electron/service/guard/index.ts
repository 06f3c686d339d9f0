/** The guard: the one gate every version of a safety-critical fact passes, and its ledger. */
export { decide, factAfter, isGuarded, isSameVersion } from "./gate.ts";
export type { AcceptedFact, Removal } from "./gate.ts";
export { readFact, sealFact } from "./ledger.ts";
