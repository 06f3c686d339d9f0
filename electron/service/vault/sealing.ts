import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { utf8 } from "./bytes.ts";
import { X25519_KEY_BYTES } from "./x25519.ts";

/** What was sealed cannot be opened: another key, other associated data, or changed bytes. Never says which. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

const HPKE_FORMAT = 1;
const ROW_FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function suite(): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

/** WebCrypto reads key bytes from an ArrayBuffer that holds nothing else. */
function alone(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** HPKE base mode (RFC 9180), X25519 / HKDF-SHA-256 / AES-256-GCM: the encapsulated key and the ciphertext, apart. */
export async function hpkeSeal(
  publicKey: Uint8Array,
  info: string,
  aad: Uint8Array,
  bytes: Uint8Array,
): Promise<{ enc: Uint8Array; sealed: Uint8Array }> {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.importKey("raw", alone(publicKey), true);
  const { enc, ct } = await hpke.seal({ recipientPublicKey, info: utf8(info) }, bytes, aad);
  return { enc: new Uint8Array(enc), sealed: new Uint8Array(ct) };
}

/** @throws {@link SealBroken} */
export async function hpkeOpen(
  privateKey: Uint8Array,
  info: string,
  aad: Uint8Array,
  parts: { readonly enc: Uint8Array; readonly sealed: Uint8Array },
): Promise<Uint8Array> {
  try {
    const hpke = suite();
    // SECURITY: P1. The copy that WebCrypto reads from does not outlive the import.
    const copy = alone(privateKey);
    const recipientKey = await hpke.kem
      .importKey("raw", copy, false)
      .finally(() => new Uint8Array(copy).fill(0));
    const opened = await hpke.open(
      { recipientKey, enc: parts.enc, info: utf8(info) },
      parts.sealed,
      aad,
    );
    return new Uint8Array(opened);
  } catch (error) {
    throw new SealBroken("a sealed message does not open", { cause: error });
  }
}

/**
 * Seals bytes to an X25519 public key. Format: version byte 1, the 32-byte encapsulated key, then ciphertext and tag.
 * Used for inbox pages, slots and escrow; `info` says which, `aad` binds where it belongs.
 */
export async function seal(
  publicKey: Uint8Array,
  info: string,
  aad: Uint8Array,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const { enc, sealed } = await hpkeSeal(publicKey, info, aad, bytes);
  const out = new Uint8Array(1 + enc.length + sealed.length);
  out[0] = HPKE_FORMAT;
  out.set(enc, 1);
  out.set(sealed, 1 + enc.length);
  return out;
}

/** Opens what {@link seal} made. @throws {@link SealBroken} */
export async function open(
  privateKey: Uint8Array,
  info: string,
  aad: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  const head = 1 + X25519_KEY_BYTES;
  if (message[0] !== HPKE_FORMAT || message.length < head + TAG_BYTES)
    throw new SealBroken("not a sealed message of a known format");
  return hpkeOpen(privateKey, info, aad, {
    enc: message.slice(1, head),
    sealed: message.slice(head),
  });
}

/**
 * Bytes; or, for many rows at once, a KeyObject: Node takes longer to find out that bytes are none than to seal a row with them
 * (8 of 18 µs, Node 24). SECURITY: P1. It is a copy of the key that nobody can zero: let it go with the rows.
 */
export type RowKey = Uint8Array | KeyObject;

/**
 * Seals one row (ledger, draft, slot wrap) with AES-256-GCM. Synchronous: it runs inside the worker threads.
 * Format: version byte 1, 12-byte random nonce, ciphertext, 16-byte tag. NIST SP 800-38D section 8.3 bounds random
 * nonces at 2^32 messages a key: far above what one PC charts in its life.
 */
export function sealRow(key: RowKey, aad: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = nextNonce();
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.concat([FORMAT, aad]));
  const parts = [FORMAT, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return joined(parts);
}

const FORMAT = Uint8Array.of(ROW_FORMAT);

/** Random bytes for some hundred nonces: asking for twelve costs as much as asking for all of them. */
const nonces = Buffer.alloc(NONCE_BYTES * 512);
let used = nonces.length;

/** SECURITY: each is given out once, and each thread that loads this has its own. */
function nextNonce(): Uint8Array {
  if (used === nonces.length) {
    randomFillSync(nonces);
    used = 0;
  }
  used += NONCE_BYTES;
  return Uint8Array.from(nonces.subarray(used - NONCE_BYTES, used));
}

/** In a buffer of its own, so that it can be handed to another thread or zeroed. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Opens what {@link sealRow} made. @throws {@link SealBroken} */
export function openRow(key: RowKey, aad: Uint8Array, row: Uint8Array): Uint8Array {
  if (row[0] !== ROW_FORMAT || row.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new SealBroken("not a sealed row of a known format");
  const nonce = row.subarray(1, 1 + NONCE_BYTES);
  const tag = row.subarray(row.length - TAG_BYTES);
  const body = row.subarray(1 + NONCE_BYTES, row.length - TAG_BYTES);
  try {
    // SECURITY: without authTagLength Node would accept a tag cut down to 4 bytes.
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.concat([FORMAT, aad]));
    decipher.setAuthTag(tag);
    return joined([decipher.update(body), decipher.final()]);
  } catch (error) {
    throw new SealBroken("a sealed row does not open", { cause: error });
  }
}
