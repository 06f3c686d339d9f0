/** The vault's door: keychain, device, join, slots, roster, vault, sealing, escrow. */
export { verifyActSignature } from "./act-signature.ts";
export { KeysLost, openDevice, type DeviceInput } from "./device.ts";
export {
  openEscrow,
  recoverEscrow,
  type Escrow,
  type EscrowHeader,
  type EscrowInput,
  type RecoveredAct,
} from "./escrow.ts";
export { acceptJoin, makeJoinRequest, openJoin, OtherSite, sealForJoin } from "./join.ts";
export { KeychainError, openKeychain } from "./keychain.ts";
export { makeClinicianKeys, PinRefused, unwrapKeys, wrapKeys } from "./pin-wrap.ts";
export { draftBinding, INBOX_INFO, inboxBinding, ledgerBinding, sealingKeyOf } from "./purpose.ts";
export {
  judgeStatement,
  readRoster,
  slotState,
  type HeldStatement,
  type Judgement,
  type ReadRoster,
  type RosterMember,
  type RosterTrust,
  type SlotState,
} from "./roster.ts";
export { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
export { slotFits, type SlotPlace } from "./slots.ts";
export {
  signStatement,
  StatementRefused,
  verifyStatement,
  type StatementRefusal,
} from "./statement.ts";
export type * from "./types.ts";
export {
  addSlots,
  createVault,
  KeysMismatch,
  readSealingKey,
  unlock,
  VAULT_META,
  VaultClosed,
  vaultMeta,
  type NewVault,
} from "./vault.ts";
export { makeRecoveryKeys } from "./x25519.ts";
