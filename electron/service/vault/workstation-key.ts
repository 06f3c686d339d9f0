import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { PublicEcJwk, PublicRsaJwk } from "../../../shared/trust/index.ts";
import { toBase64Url } from "./bytes.ts";
import { KeychainError } from "./keychain.ts";
import type { Keychain, KeychainName, WorkstationKey } from "./types.ts";

/** The two algorithms SMART Backend Services asks of every client (SMART App Launch 2.2, "Asymmetric authentication"). */
export type WorkstationAlgorithm = WorkstationKey["algorithm"];

const PARAMETERS = {
  ES384: { name: "ECDSA", namedCurve: "P-384" },
  // 3072 bits: NIST SP 800-57 part 1, 128 bits of strength. As PKCS #8 it fits the 2560 bytes of a Windows credential.
  RS384: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-384",
    modulusLength: 3072,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const;

/** Below this an RSA key in the keychain is not one of ours. */
const LEAST_RSA_BITS = 3072;

/** The PC's signing key as the keychain holds it; null when there is none, or it is no key any more. */
export async function readWorkstationKey(
  keychain: Keychain,
  name: "workstation-key" | "workstation-key-next" = "workstation-key",
): Promise<WorkstationKey | null> {
  const pkcs8 = await keychain.get(name);
  return pkcs8 === null ? null : await importedKey(pkcs8);
}

/** Makes a signing key and keeps it under `name`, read back before anything is built on it. @throws KeychainError */
export async function makeWorkstationKey(
  keychain: Keychain,
  name: "workstation-key" | "workstation-key-next",
  algorithm: WorkstationAlgorithm,
): Promise<WorkstationKey> {
  const pair = await webcrypto.subtle.generateKey(PARAMETERS[algorithm], true, ["sign", "verify"]);
  const pkcs8 = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey));
  await keep(keychain, name, pkcs8);
  const made = await importedKey(pkcs8);
  pkcs8.fill(0);
  if (made === null) throw new KeychainError("keychain-missing");
  return made;
}

/**
 * The key that is to take the place of this PC's: the one an earlier try left behind (the HIS may know it already), else
 * a new one. The one in use is not touched.
 */
export async function nextWorkstationKey(
  keychain: Keychain,
  algorithm: WorkstationAlgorithm,
): Promise<WorkstationKey> {
  const left = await readWorkstationKey(keychain, "workstation-key-next");
  if (left !== null && left.algorithm === algorithm) return left;
  return await makeWorkstationKey(keychain, "workstation-key-next", algorithm);
}

/**
 * Puts the next key in the place of the one in use. Only after the HIS has accepted it: the old one is gone then.
 * A kill between the two steps leaves the same key twice, which the next call puts right.
 */
export async function adoptNextWorkstationKey(keychain: Keychain): Promise<WorkstationKey> {
  const pkcs8 = await keychain.get("workstation-key-next");
  const next = pkcs8 === null ? null : await importedKey(pkcs8);
  if (pkcs8 === null || next === null) throw new KeychainError("keychain-missing");
  await keep(keychain, "workstation-key", pkcs8);
  await keychain.delete("workstation-key-next");
  return next;
}

/** Reads a secret back before anything is built on it. */
export async function keep(
  keychain: Keychain,
  name: KeychainName,
  secret: Uint8Array,
): Promise<void> {
  await keychain.set(name, secret);
  const read = await keychain.get(name);
  if (read === null || toBase64Url(read) !== toBase64Url(secret))
    throw new KeychainError("keychain-missing");
}

async function importedKey(pkcs8: Uint8Array): Promise<WorkstationKey | null> {
  try {
    const object = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
    const { modulusLength, namedCurve } = object.asymmetricKeyDetails ?? {};
    const algorithm =
      namedCurve === "secp384r1"
        ? "ES384"
        : object.asymmetricKeyType === "rsa" && (modulusLength ?? 0) >= LEAST_RSA_BITS
          ? "RS384"
          : null;
    if (algorithm === null) return null;
    const der = Uint8Array.from(pkcs8);
    const parameters = PARAMETERS[algorithm];
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, parameters, false, ["sign"]);
    der.fill(0);
    const jwk = createPublicKey(object).export({ format: "jwk" });
    const publicJwk = algorithm === "ES384" ? PublicEcJwk.parse(jwk) : PublicRsaJwk.parse(jwk);
    return { algorithm, privateKey, publicJwk, thumbprint: await thumbprintOf(publicJwk) };
  } catch {
    return null;
  }
}

/** RFC 7638: of the key's required members only. */
async function thumbprintOf(jwk: WorkstationKey["publicJwk"]): Promise<string> {
  const { kid: _kid, ...members } = jwk;
  return await calculateJwkThumbprint(members);
}
