import { hkdfSync } from "node:crypto";
import { binding } from "./bytes.ts";
import type { PurposeKeys } from "./types.ts";
import { x25519Public } from "./x25519.ts";

/** HKDF-SHA-256 (RFC 5869) without salt: the input is already a uniformly random key; the label parts the purposes. */
export function derive(key: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), label, 32));
}

/** The keys that come from the vault key, one label each. */
export function purposeKeys(vaultKey: Uint8Array): PurposeKeys {
  return {
    chart: derive(vaultKey, "amanah/v1/chart"),
    inbox: derive(vaultKey, "amanah/v1/inbox"),
    ledger: derive(vaultKey, "amanah/v1/ledger"),
    drafts: derive(vaultKey, "amanah/v1/drafts"),
  };
}

/** The public key that inbox pages are sealed to while the vault is closed. */
export function sealingKeyOf(keys: PurposeKeys): Uint8Array {
  return x25519Public(keys.inbox);
}

/** HPKE `info` of an inbox page. */
export const INBOX_INFO = "amanah/v1/inbox";

/** What a draft is bound to: another clinician, patient or form never opens it. */
export function draftBinding(clinician: string, patient: string, kind: string): Uint8Array {
  return binding("amanah/v1/draft", clinician, patient, kind);
}

/** What a page of the ledger is bound to: another patient's or type's never opens in its place. */
export function ledgerPageBinding(type: string, patient: string): Uint8Array {
  return binding("amanah/v1/ledger-page", type, patient);
}

/** What a ledger row of the older form is bound to, so that one fact's last version cannot be put in another's place. */
export function ledgerBinding(type: string, id: string, patient: string): Uint8Array {
  return binding("amanah/v1/ledger", type, id, patient);
}

/** What a sealed inbox page is bound to: a page moved to another type or patient does not open. */
export function inboxBinding(kind: string, type: string, patient: string | null): Uint8Array {
  return binding("amanah/v1/inbox", kind, type, patient ?? "");
}
