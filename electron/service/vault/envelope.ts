import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { Envelope, type RosterEntry } from "../../../shared/trust/index.ts";
import { fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";
import { inGroups, readCrockford, toCrockford } from "./crockford.ts";
import { hasBegun, isOver, type When } from "./moment.ts";
import { holderName, openSlot, slotFits, type SlotPlace } from "./slots.ts";
import { StatementRefused, verifyStatement, type StatementRefusal } from "./statement.ts";
import type { HeldStatement, RosterTrust } from "./roster.ts";
import type { OpenVault, Slot } from "./types.ts";
import { openVault } from "./vault.ts";
import { makeX25519, x25519Public } from "./x25519.ts";

/** The code does not open this envelope, or its slot. Nothing is told apart. */
export class EnvelopeRefused extends Error {
  override readonly name = "EnvelopeRefused";
}

const LABEL = "amanah/v1/envelope";
/** 20 characters of 5 bits: 100 bits, so that a copied wrap cannot be guessed and no slow KDF is needed. */
const CODE_CHARACTERS = 20;
const GROUP = 5;
const TAG_BYTES = 16;

function wrapBinding(site: string, id: string): Uint8Array {
  if (site.includes("|") || id.includes("|"))
    throw new TypeError("site and envelope may not contain |");
  return utf8(`${LABEL}|${site}|${id}`);
}

function wrapKey(code: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", utf8(code), salt, LABEL, 32));
}

/**
 * Makes a ward's envelope at the control desk: its public half for every PC, and the code that goes into the envelope
 * (`XXXXX-XXXXX-XXXXX-XXXXX`) and nowhere else.
 */
export function makeEnvelope(input: {
  readonly random: (bytes: number) => Uint8Array;
  readonly site: string;
  readonly ward: string;
  readonly id: string;
  readonly validTo: string;
}): { body: Envelope; code: string } {
  const code = toCrockford(input.random(13)).slice(0, CODE_CHARACTERS);
  const box = makeX25519(input.random);
  const salt = Uint8Array.from(input.random(16));
  const nonce = Uint8Array.from(input.random(12));
  const key = wrapKey(code, salt);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  key.fill(0);
  cipher.setAAD(wrapBinding(input.site, input.id));
  const sealed = Buffer.concat([
    cipher.update(box.privateKey),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  box.privateKey.fill(0);
  const body = Envelope.parse({
    id: input.id,
    ward: input.ward,
    box: toBase64Url(box.publicKey),
    wrapped: {
      salt: toBase64Url(salt),
      nonce: toBase64Url(nonce),
      sealed: toBase64Url(sealed),
    },
    validTo: input.validTo,
  });
  return { body, code: inGroups(code, GROUP) };
}

function openEnvelope(envelope: Envelope, typed: string, site: string): Uint8Array {
  const code = readCrockford(typed, CODE_CHARACTERS);
  if (code === null) throw new EnvelopeRefused("not an envelope's code");
  const key = wrapKey(code, fromBase64Url(envelope.wrapped.salt));
  try {
    const sealed = fromBase64Url(envelope.wrapped.sealed);
    const nonce = fromBase64Url(envelope.wrapped.nonce);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(wrapBinding(site, envelope.id));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(0, sealed.length - TAG_BYTES);
    const box = Uint8Array.from(Buffer.concat([decipher.update(body), decipher.final()]));
    if (toBase64Url(x25519Public(box)) !== envelope.box)
      throw new EnvelopeRefused("the envelope's keys are not a pair");
    return box;
  } catch (error) {
    if (error instanceof EnvelopeRefused) throw error;
    throw new EnvelopeRefused("the code does not open this envelope", { cause: error });
  } finally {
    key.fill(0);
  }
}

/** Whether the code is this envelope's, without opening anything: several wards' envelopes may lie on one PC. */
export function envelopeFits(envelope: Envelope, code: string, site: string): boolean {
  try {
    openEnvelope(envelope, code, site).fill(0);
    return true;
  } catch (error) {
    if (error instanceof EnvelopeRefused) return false;
    throw error;
  }
}

/**
 * Opens the vault with the code out of the ward's envelope. Nobody is named by it: the vault's `clinician` has no role and
 * no key, and its `sign` refuses.
 * @throws {@link EnvelopeRefused}, SealBroken (the slot is another PC's, envelope's or epoch's)
 */
export async function unlockEnvelope(input: {
  readonly envelope: Envelope;
  readonly code: string;
  readonly site: string;
  readonly slot: Slot;
  readonly place: SlotPlace;
}): Promise<OpenVault> {
  const { envelope, code, site, slot, place } = input;
  if (slot.clinician !== holderName(envelope))
    throw new EnvelopeRefused("the slot is not this envelope's");
  const box = openEnvelope(envelope, code, site);
  try {
    const vaultKey = await openSlot(slot, box, place);
    // SECURITY: whoever opened an envelope is nobody by name, so nothing is signed for anybody.
    const nothing = (): Promise<never> =>
      Promise.reject(new EnvelopeRefused("an emergency access signs nothing"));
    const pen = { sign: nothing, signFacts: nothing };
    return openVault(bearer(envelope), vaultKey, slot.epoch, place, pen);
  } finally {
    box.fill(0);
  }
}

/** Stands where a clinician stands; without role and signing key, so that whatever asks for one refuses. */
function bearer(envelope: Envelope): RosterEntry {
  return {
    clinician: holderName(envelope),
    name: { en: "Ward envelope", ar: "ظرف الطوارئ" },
    roles: [],
    wards: [envelope.ward],
    keys: { box: envelope.box, sign: { kty: "EC", crv: "P-256", x: "", y: "" } },
    wrapped: {
      kdf: { name: "argon2id", memoryKib: 0, passes: 0, lanes: 0 },
      salt: "",
      nonce: "",
      sealed: "",
    },
    badges: [],
    validFrom: envelope.validTo,
    validTo: envelope.validTo,
  };
}

export type EnvelopeState = "ready" | "pending" | "expired" | "used";

/** A ward's envelope this PC knows by a verified statement. */
export interface HeldEnvelope {
  readonly envelope: Envelope;
  readonly number: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly used: boolean;
  /** A slot made here for the keys it has now. */
  readonly slot: Slot | null;
}

/** Whether its code would open this PC now. */
export function envelopeState(held: HeldEnvelope, when: When): EnvelopeState {
  if (held.used) return "used";
  if (isOver(held.expiresAt, when) || isOver(held.envelope.validTo, when)) return "expired";
  // Not begun is not open either; the desk makes none for later, so a state of its own is not worth it.
  if (!hasBegun(held.issuedAt, when, SKEW_MS)) return "expired";
  return held.slot === null ? "pending" : "ready";
}
const SKEW_MS = 5 * 60_000;

/** Reads held statements and slots into the envelopes of this PC's wards, verifying each statement again. */
export async function readEnvelopes(input: {
  readonly statements: readonly HeldStatement[];
  readonly slots: readonly Slot[];
  readonly used: readonly string[];
  readonly trust: RosterTrust;
  readonly place: SlotPlace;
  readonly now: When;
}): Promise<{
  readonly envelopes: readonly HeldEnvelope[];
  readonly refused: readonly { readonly subject: string; readonly reason: StatementRefusal }[];
}> {
  const { trust, place, now } = input;
  const envelopes: HeldEnvelope[] = [];
  const refused: { subject: string; reason: StatementRefusal }[] = [];
  for (const { kind, subject, jws } of input.statements) {
    if (kind !== "envelope") continue;
    try {
      const read = await verifyStatement(jws, { ...trust, now, kind, ignoreExpiry: true });
      const envelope = Envelope.parse(read.body);
      if (trust.wards.length > 0 && !trust.wards.includes(envelope.ward)) continue;
      envelopes.push({
        envelope,
        number: read.number,
        issuedAt: Date.parse(read.issuedAt),
        expiresAt: Date.parse(read.expiresAt),
        used: input.used.includes(envelope.id),
        slot: input.slots.find((one) => slotFits(one, envelope, place)) ?? null,
      });
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      refused.push({ subject, reason: error.reason });
    }
  }
  return { envelopes, refused };
}
