/** The vault's door: keys, slots, roster, sealing, escrow. */
export { acceptJoin, makeJoinRequest, openJoin, OtherSite, sealForJoin } from "./join.ts";
export { makeClinicianKeys, PinRefused, wrapKeys } from "./pin-wrap.ts";
export { draftBinding, INBOX_INFO, inboxBinding, ledgerBinding, sealingKeyOf } from "./purpose.ts";
export { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
export {
  signStatement,
  StatementRefused,
  verifyStatement,
  type StatementRefusal,
} from "./statement.ts";
export type * from "./types.ts";
export { makeRecoveryKeys } from "./x25519.ts";
