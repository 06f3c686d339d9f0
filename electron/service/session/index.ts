/** Who is at the workstation: sign-in, badge, idle, lock, emergency access, and who may do what. */
export { verifyBadgeProof } from "./badge-proof.ts";
export { Barred, EmergencyRefused, EnvelopeRefused, Locked, NotReady, WrongPin } from "./errors.ts";
export { keychainFailures } from "./pin-count.ts";
export { mayDo, mayReview, mayWitness, refusalOf, rightTo } from "./remit.ts";
export { delayAfter } from "./pin-delay.ts";
export { createSession } from "./session.ts";
export type { EmergencyRequest, Session, Ticket } from "./types.ts";
