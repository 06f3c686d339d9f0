/** The vault's door: keychain, device, join, slots, roster, vault, sealing, escrow. */
export { verifyActSignature } from "./act-signature.ts";
export { KeysLost, openDevice } from "./device.ts";
export { openEscrow, recoverEscrow, type Escrow } from "./escrow.ts";
export { acceptJoin, makeJoinRequest, sealForJoin } from "./join.ts";
export { KeychainError, keychainBackend, openBlockingKeychain } from "./keychain.ts";
export {
  createPageOpener,
  createPageSealer,
  type PageOpener,
  type PageSealer,
} from "./page-seal.ts";
export { makeClinicianKeys, PinRefused } from "./pin-wrap.ts";
export { draftBinding, INBOX_INFO, inboxBinding, ledgerBinding, sealingKeyOf } from "./purpose.ts";
export {
  judgeStatement,
  readRoster,
  slotState,
  type HeldStatement,
  type ReadRoster,
  type RosterMember,
  type RosterTrust,
  type SlotState,
} from "./roster.ts";
export { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
export type { SlotPlace } from "./slots.ts";
export { signStatement, verifyStatement } from "./statement.ts";
export type * from "./types.ts";
export {
  adoptNextWorkstationKey,
  nextWorkstationKey,
  readWorkstationKey,
  type WorkstationAlgorithm,
} from "./workstation-key.ts";
export {
  addSlots,
  createVault,
  KeysMismatch,
  readSealingKey,
  unlock,
  vaultMeta,
  type NewVault,
} from "./vault.ts";
export { makeRecoveryKeys } from "./x25519.ts";
