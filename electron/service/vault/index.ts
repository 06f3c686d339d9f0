/** The vault's door: keychain, device, join, slots, roster, vault, sealing, escrow. */
export { verifyActSignature } from "./act-signature.ts";
export {
  isSignedBy,
  readFactSignature,
  signFacts,
  verifierOf,
  type FactSigner,
  type UnprovenFacts,
} from "./fact-signature.ts";
export { KeysLost, openDevice } from "./device.ts";
export { openEscrow, recoverEscrow, type Escrow } from "./escrow.ts";
export { acceptJoin, joinText, makeJoinRequest, sealForJoin, sealSeedForJoin } from "./join.ts";
export { checkDevice, type DeviceCertificate, type DeviceRefusal } from "./device-certificate.ts";
export {
  envelopeFits,
  envelopeState,
  makeEnvelope,
  readEnvelopes,
  unlockEnvelope,
  type EnvelopeState,
  type HeldEnvelope,
} from "./envelope.ts";
export { confirmationOf, enrolmentNonce, enrolmentText } from "./enrolment.ts";
export { itCode, itCodeFits, newChallenge, type ItPurpose } from "./it-code.ts";
export type { Moment, When } from "./moment.ts";
export { readOrders, ROTATED_META, WIPED_META, type Orders } from "./orders.ts";
export {
  isPinChange,
  makePinChange,
  readPinChange,
  verifyPinChange,
  type HeldPinChange,
} from "./pin-change.ts";
export { makeFreshKeys, SITE_KDF, type FreshKeys } from "./fresh-keys.ts";
export {
  createGenerations,
  TOLD,
  type FoundGeneration,
  type Generations,
  type GuardedFile,
  type Verdict,
} from "./generations.ts";
export { KeychainError, keychainBackend, openBlockingKeychain } from "./keychain.ts";
export {
  createPageOpener,
  createPageSealer,
  type PageOpener,
  type PageSealer,
} from "./page-seal.ts";
export { makeClinicianKeys, PinRefused } from "./pin-wrap.ts";
export {
  draftBinding,
  INBOX_INFO,
  inboxBinding,
  ledgerBinding,
  ledgerPageBinding,
  sealingKeyOf,
} from "./purpose.ts";
export {
  judgeStatement,
  readRoster,
  slotState,
  slotsToRemove,
  type HeldStatement,
  type Judgement,
  type ReadRoster,
  type Revoked,
  type RosterMember,
  type RosterTrust,
  type SlotState,
} from "./roster.ts";
export {
  beginDeviceRotation,
  chartFileName,
  finishDeviceRotation,
  isOtherChart,
  nextVault,
  readOldInbox,
  ROTATION_META,
} from "./rotation.ts";
export { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
export type { RowKey } from "./sealing.ts";
export { holderName, rewrapSlot, type SlotHolder, type SlotPlace } from "./slots.ts";
export { openPack, packBody, readHeldPack, type HeldPack } from "./knowledge.ts";
export { readSigningKeys, type KeyHolder, type SigningKey } from "./signing-keys.ts";
export { STATEMENT_KINDS } from "./statement-kinds.ts";
export {
  signStatement,
  StatementRefused,
  verifyStatement,
  type StatementRefusal,
} from "./statement.ts";
export type * from "./types.ts";
export {
  adoptNextWorkstationKey,
  nextWorkstationKey,
  makeWorkstationKey,
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
export { destroyAll, joinsAnew, markWiping, readWiped, type WipedMark } from "./wipe.ts";
