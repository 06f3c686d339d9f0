import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from "node:crypto";
import { fromBase64Url, toBase64Url } from "./bytes.ts";

/** RFC 8410 section 7: the PKCS #8 bytes before a raw X25519 private key. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");

export const X25519_KEY_BYTES = 32;

function privateKeyObject(raw: Uint8Array): KeyObject {
  if (raw.length !== X25519_KEY_BYTES) throw new TypeError("an X25519 key has 32 bytes");
  const der = Buffer.concat([PKCS8_PREFIX, raw]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

/** The public half of a raw X25519 private key. */
export function x25519Public(privateKey: Uint8Array): Uint8Array {
  const jwk = createPublicKey(privateKeyObject(privateKey)).export({ format: "jwk" });
  return fromBase64Url(jwk.x ?? "");
}

export interface X25519Pair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Any 32 random bytes are an X25519 private key (RFC 7748 section 5 clamps them when used). */
export function makeX25519(random: (bytes: number) => Uint8Array): X25519Pair {
  const privateKey = Uint8Array.from(random(X25519_KEY_BYTES));
  return { privateKey, publicKey: x25519Public(privateKey) };
}

/**
 * The hospital's recovery pair, base64url: the public half goes into policy, the private one into the hospital's safe.
 * Whoever holds the private half can read every unsent act in an escrow file.
 */
export function makeRecoveryKeys(random: (bytes: number) => Uint8Array = randomBytes): {
  publicKey: string;
  privateKey: string;
} {
  const pair = makeX25519(random);
  return { publicKey: toBase64Url(pair.publicKey), privateKey: toBase64Url(pair.privateKey) };
}
