import { webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import type { RosterEntry, WrappedKeys } from "../../../shared/trust/index.ts";
import { signDetached } from "./act-signature.ts";
import { signFacts } from "./fact-signature.ts";
import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { keysFit, PinRefused, unwrapKeys } from "./pin-wrap.ts";
import { purposeKeys, sealingKeyOf } from "./purpose.ts";
import { makeSlot, openSlot, type SlotHolder, type SlotPlace } from "./slots.ts";
import type { OpenVault, Slot } from "./types.ts";

export interface NewVault {
  readonly epoch: number;
  readonly slots: readonly Slot[];
  /** X25519 public key, 32 bytes: the puller seals pages to it. */
  readonly sealingKey: Uint8Array;
}

/** Makes a PC's vault: a fresh key, a slot for each holder, the public sealing key; then forgets the key. */
export async function createVault(input: {
  readonly entries: readonly SlotHolder[];
  readonly place: SlotPlace;
  readonly epoch: number;
  readonly random: (bytes: number) => Uint8Array;
}): Promise<NewVault> {
  if (input.entries.length === 0) throw new RangeError("a vault nobody can open is not made");
  const vaultKey = Uint8Array.from(input.random(32));
  try {
    const slots: Slot[] = [];
    for (const entry of input.entries)
      slots.push(await makeSlot(vaultKey, input.epoch, entry, input.place));
    const keys = purposeKeys(vaultKey);
    const sealingKey = sealingKeyOf(keys);
    zero(Object.values(keys));
    return { epoch: input.epoch, slots, sealingKey };
  } finally {
    vaultKey.fill(0);
  }
}

/** Her entry's private and public keys are not a pair: the entry was put together wrongly. */
export class KeysMismatch extends Error {
  override readonly name = "KeysMismatch";
}

/**
 * Opens the vault with a clinician's PIN. SECURITY: one wrap is tried, her current one: `wrapped`, or the entry's, which in a
 * `RosterMember` is the same. A PIN she has changed opens nothing here. Takes as long as the site's Argon2id parameters say, off the event loop.
 * @throws PinRefused, {@link KeysMismatch}, SealBroken (the slot is another PC's, clinician's or epoch's)
 */
export async function unlock(input: {
  readonly entry: RosterEntry;
  readonly wrapped?: WrappedKeys;
  readonly pin: string;
  readonly pepper: Uint8Array;
  readonly site: string;
  readonly slot: Slot;
  readonly place: SlotPlace;
}): Promise<OpenVault> {
  const { entry, pin, pepper, site, slot, place } = input;
  const wrapped = input.wrapped ?? entry.wrapped;
  if (slot.clinician !== entry.clinician) throw new PinRefused("the slot is another clinician's");
  const own = await unwrapKeys(wrapped, { pin, pepper, site, clinician: entry.clinician });
  if (!keysFit(own, entry.keys)) throw new KeysMismatch("her private keys are not her entry's");
  const box = fromBase64Url(own.box);
  const { x, y } = entry.keys.sign;
  const signing = await webcrypto.subtle.importKey(
    "jwk",
    { kty: "EC", crv: "P-256", x, y, d: own.sign },
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  const vaultKey = await openSlot(slot, box, place);
  box.fill(0);
  const kid = await calculateJwkThumbprint({ kty: "EC", crv: "P-256", x, y });
  return openVault(entry, vaultKey, slot.epoch, place, {
    sign: (value) => signDetached(value, signing, entry.clinician),
    signFacts: (claims) => signFacts(claims, { kid, algorithm: "ES256", key: signing }),
  });
}

/** A vault whose key is in hand; takes the key over and zeroes it when closed. */
export function openVault(
  clinician: RosterEntry,
  vaultKey: Uint8Array,
  epoch: number,
  place: SlotPlace,
  pen: Pick<OpenVault, "sign" | "signFacts">,
): OpenVault {
  const keys = purposeKeys(vaultKey);
  let closed = false;
  const whileOpen = (): void => {
    if (closed) throw new VaultClosed("the vault is closed");
  };
  return {
    clinician,
    keys,
    epoch,
    sign(value) {
      whileOpen();
      return pen.sign(value);
    },
    signFacts(claims) {
      whileOpen();
      return pen.signFacts(claims);
    },
    async makeSlot(holder) {
      whileOpen();
      const copy = Uint8Array.from(vaultKey);
      try {
        return await makeSlot(copy, epoch, holder, place);
      } finally {
        copy.fill(0);
      }
    },
    renewed(nextKey, nextEpoch) {
      whileOpen();
      return openVault(clinician, nextKey, nextEpoch, place, pen);
    },
    close() {
      closed = true;
      zero([vaultKey, ...Object.values(keys)]);
    },
  };
}

/** Something was asked of a vault after it was closed. */
export class VaultClosed extends Error {
  override readonly name = "VaultClosed";
}

/** Slots for holders that had none, made the moment a vault is open. */
export async function addSlots(
  vault: OpenVault,
  holders: readonly SlotHolder[],
): Promise<readonly Slot[]> {
  const slots: Slot[] = [];
  for (const holder of holders) slots.push(await vault.makeSlot(holder));
  return slots;
}

/** How the journal's `meta` keeps what is public about the vault. */
export const VAULT_META = { epoch: "vault.epoch", sealingKey: "vault.sealing-key" } as const;

/** The journal's `meta` of a new vault. */
export function vaultMeta(vault: NewVault): Record<string, string> {
  return {
    [VAULT_META.epoch]: String(vault.epoch),
    [VAULT_META.sealingKey]: toBase64Url(vault.sealingKey),
  };
}

/** The public sealing key the puller seals pages to; null before a vault was made. */
export function readSealingKey(meta: Readonly<Record<string, string>>): Uint8Array | null {
  const text = meta[VAULT_META.sealingKey];
  return text === undefined ? null : fromBase64Url(text);
}

function zero(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}
