import type { webcrypto } from "node:crypto";
import type {
  Envelope,
  FactClaims,
  RosterEntry,
  WorkstationPublicKey,
} from "../../../shared/trust/index.ts";

/**
 * The OS keychain, three verbs. A missing entry is null; a locked, absent or silent keychain rejects with
 * {@link KeychainErrorCode}. Its calls block until the OS answers, so they run in a thread of their own, with a deadline.
 */
export interface Keychain {
  readonly backend: string;
  get(name: KeychainName): Promise<Uint8Array | null>;
  set(name: KeychainName, secret: Uint8Array): Promise<void>;
  delete(name: KeychainName): Promise<void>;
  /** Ends the thread. */
  close(): Promise<void>;
}
export type KeychainName =
  | "device-key"
  | "workstation-key"
  | "site-pepper"
  /** Generation counters of the files (rollback guard). */
  | "generations"
  /** How far the audit trail had come when it was last signed (`audit/anchor.ts`). */
  | "audit-anchor"
  /** Wrong PINs by clinician, so that an older journal put back frees no guess. */
  | "pin-failures"
  /** 32 bytes: IT's spoken codes are made with it. */
  | "it-seed"
  /** While keys are made new: the next ones, until every file is theirs. */
  | "device-key-next"
  | "workstation-key-next";
export type KeychainErrorCode = "keychain-missing" | "keychain-locked" | "keychain-silent";

/** The same three verbs as the OS library gives them: each blocks its thread. */
export interface BlockingKeychain {
  get(name: KeychainName): Uint8Array | null;
  set(name: KeychainName, secret: Uint8Array): void;
  delete(name: KeychainName): void;
}

/** The PC's own signing key. */
export interface WorkstationKey {
  readonly algorithm: "ES384" | "RS384";
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicJwk: WorkstationPublicKey;
  /** RFC 7638; the key's id at the HIS. */
  readonly thumbprint: string;
}

/** What this PC holds in its keychain. */
export interface DeviceSecrets {
  /** 32 bytes; opens journal.db. */
  readonly deviceKey: Uint8Array;
  /** P-384 for ES384, or RSA 3072 for RS384 (SMART Backend Services), as policy says. */
  readonly workstationKey: WorkstationKey;
  /** 32 bytes; null until the PC has joined its site. */
  readonly pepper: Uint8Array | null;
  /** 32 bytes; null where the join gave none. */
  readonly itSeed: Uint8Array | null;
  /** What this start made because the keychain did not hold it; the audit trail says so. */
  readonly minted: readonly KeychainName[];
}

/** The vault key, sealed to one clinician on one PC. The journal keeps it as a `SlotRow`. */
export interface Slot {
  readonly clinician: string;
  readonly epoch: number;
  readonly sealed: Uint8Array;
}

/** Keys that come from the vault key by HKDF-SHA-256, one label each. All raw bytes; zeroed by `close`. */
export interface PurposeKeys {
  /** 32 bytes; opens chart.db. */
  readonly chart: Uint8Array;
  /** X25519 private key, 32 bytes; opens the sealed inbox. */
  readonly inbox: Uint8Array;
  /** AES-256-GCM; the ledger's rows. */
  readonly ledger: Uint8Array;
  /** AES-256-GCM; drafts. */
  readonly drafts: Uint8Array;
}

/** An open vault: a clinician's sign-in released it. */
export interface OpenVault {
  readonly clinician: RosterEntry;
  readonly keys: PurposeKeys;
  readonly epoch: number;
  /** Detached JWS (ES256) with her key over the RFC 8785 canonical JSON of `value`. */
  sign(value: unknown): Promise<string>;
  /** Detached JWS (ES256) with her key over what she does to clinical facts, for FHIR Provenance. */
  signFacts(claims: FactClaims): Promise<string>;
  /** Seals this vault's key to another clinician of the roster, or to a ward's envelope. */
  makeSlot(holder: RosterEntry | Envelope): Promise<Slot>;
  /** The same person's hold on this PC's next vault; takes the key over. This one stays open until it is closed. */
  renewed(vaultKey: Uint8Array, epoch: number): OpenVault;
  /** Zeroes every key; nothing works afterwards. */
  close(): void;
}
