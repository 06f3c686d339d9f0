import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import type { PublicEcJwk } from "../../../shared/trust/index.ts";
import { toBase64Url } from "./bytes.ts";
import { KeychainError } from "./keychain.ts";
import type { DeviceSecrets, Keychain, KeychainName } from "./types.ts";

/**
 * The device key is gone (or not a key any more) while files made with it are still there. No new one is made: the files
 * are kept for IT, and the unsent acts are in the escrow file.
 */
export class KeysLost extends Error {
  override readonly name = "KeysLost";
  readonly why: "missing" | "damaged";
  constructor(why: "missing" | "damaged") {
    super(`the device key is ${why} although this PC holds records; nothing was changed`);
    this.why = why;
  }
}

export interface DeviceInput {
  readonly keychain: Keychain;
  readonly journalExists: boolean;
  readonly chartExists: boolean;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * What this PC holds in its keychain; makes it on a first start, which ends in a kept key or in an error, never between:
 * the workstation key is kept first, the device key last, and the files are made only afterwards.
 * @throws KeychainError, {@link KeysLost}
 */
export async function openDevice(input: DeviceInput): Promise<DeviceSecrets> {
  const { keychain } = input;
  const held = keychain.get("device-key");
  if (held !== null && held.length !== 32) throw new KeysLost("damaged");
  // SECURITY: never a second key over an existing cache: it would orphan the only copy of unsent charting.
  if (held === null && (input.journalExists || input.chartExists)) throw new KeysLost("missing");

  const minted: KeychainName[] = [];
  const workstation = await workstationKey(keychain, minted);
  let deviceKey = held;
  if (deviceKey === null) {
    deviceKey = Uint8Array.from(input.random(32));
    keep(keychain, "device-key", deviceKey);
    minted.push("device-key");
  }
  const pepper = keychain.get("site-pepper");
  return { deviceKey, workstationKey: workstation, pepper, minted };
}

/** A lost workstation key closes no file: a new one is made, and the HIS will want this PC joined again. */
async function workstationKey(
  keychain: Keychain,
  minted: KeychainName[],
): Promise<DeviceSecrets["workstationKey"]> {
  const held = keychain.get("workstation-key");
  const known = held === null ? null : await readWorkstationKey(held);
  if (known !== null) return known;
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, [
    "sign",
    "verify",
  ]);
  const pkcs8 = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey));
  keep(keychain, "workstation-key", pkcs8);
  minted.push("workstation-key");
  const made = await readWorkstationKey(pkcs8);
  if (made === null) throw new KeychainError("keychain-missing");
  return made;
}

/** Reads a secret back before anything is built on it. */
function keep(keychain: Keychain, name: KeychainName, secret: Uint8Array): void {
  keychain.set(name, secret);
  const read = keychain.get(name);
  if (read === null || toBase64Url(read) !== toBase64Url(secret))
    throw new KeychainError("keychain-missing");
}

async function readWorkstationKey(
  pkcs8: Uint8Array,
): Promise<DeviceSecrets["workstationKey"] | null> {
  try {
    const der = Uint8Array.from(pkcs8);
    const algorithm = { name: "ECDSA", namedCurve: "P-384" };
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    const object = createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
    const jwk = createPublicKey(object).export({ format: "jwk" });
    const publicJwk: PublicEcJwk = { kty: "EC", crv: "P-384", x: jwk.x ?? "", y: jwk.y ?? "" };
    const thumbprint = await calculateJwkThumbprint({
      kty: publicJwk.kty,
      crv: publicJwk.crv,
      x: publicJwk.x,
      y: publicJwk.y,
    });
    return { privateKey, publicJwk, thumbprint };
  } catch {
    return null;
  }
}
