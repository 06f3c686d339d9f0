export { decide, factAfter, isGuarded, isSameVersion } from "./gate.ts";
export type { AcceptedFact, Decision, IncomingFact } from "./gate.ts";
export { readFact, sealFact } from "./ledger.ts";
