import type { webcrypto } from "node:crypto";
import type { PublicEcJwk, RosterEntry } from "../../../shared/trust/index.ts";

/** The OS keychain, three verbs. A missing entry is null; a locked or absent keychain throws {@link KeychainErrorCode}. */
export interface Keychain {
  readonly backend: string;
  get(name: KeychainName): Uint8Array | null;
  set(name: KeychainName, secret: Uint8Array): void;
  delete(name: KeychainName): void;
}
export type KeychainName =
  | "device-key"
  | "workstation-key"
  | "site-pepper"
  /** Generation counters of the two files (rollback guard). */
  | "generations";
export type KeychainErrorCode = "keychain-missing" | "keychain-locked";

/** What this PC holds in its keychain. */
export interface DeviceSecrets {
  /** 32 bytes; opens journal.db. */
  readonly deviceKey: Uint8Array;
  /** P-384, for ES384 (SMART Backend Services). */
  readonly workstationKey: {
    readonly privateKey: webcrypto.CryptoKey;
    readonly publicJwk: PublicEcJwk;
    readonly thumbprint: string;
  };
  /** 32 bytes; null until the PC has joined its site. */
  readonly pepper: Uint8Array | null;
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
  /** Seals this vault's key to another clinician of the roster. */
  makeSlot(entry: RosterEntry): Promise<Slot>;
  /** Zeroes every key; nothing works afterwards. */
  close(): void;
}
