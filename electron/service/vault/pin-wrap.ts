import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  randomBytes,
} from "node:crypto";
import { hashRaw } from "@node-rs/argon2";
import {
  PrivateKeys,
  WrappedKeys,
  type KdfParameters,
  type PublicEcJwk,
  type RosterEntry,
} from "../../../shared/trust/index.ts";
import { latinDigits } from "../../../shared/trust/pin-rules.ts";
import { fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";
import { derive } from "./purpose.ts";
import { makeX25519, x25519Public } from "./x25519.ts";

/** The PIN does not open the wrap. The same answer for a changed wrap or another site's pepper: nothing is told apart. */
export class PinRefused extends Error {
  override readonly name = "PinRefused";
}

type RandomBytes = (bytes: number) => Uint8Array;

const LABEL = "amanah/v1/pin-wrap";
/** `Algorithm.Argon2id` of @node-rs/argon2, whose const enum cannot be named under isolatedModules. */
const ARGON2ID = 2;
const TAG_BYTES = 16;

/**
 * The associated data of a wrap: `amanah/v1/pin-wrap|site|clinician`.
 * @throws TypeError for a name with a bar in it, which could be read as another pair of names.
 */
function wrapBinding(site: string, clinician: string): Uint8Array {
  if (site.includes("|") || clinician.includes("|"))
    throw new TypeError("site and clinician may not contain |");
  return utf8(`${LABEL}|${site}|${clinician}`);
}

/** PINs are typed on Arabic and Latin keyboards alike: digits of either script are the same PIN. */
function pinBytes(pin: string): Uint8Array {
  return utf8(latinDigits(pin));
}

/** Argon2id (RFC 9106) with the site pepper as its secret input, then HKDF. Runs on libuv's pool, not on the event loop. */
async function wrappingKey(
  pin: string,
  salt: Uint8Array,
  pepper: Uint8Array,
  kdf: KdfParameters,
): Promise<Uint8Array> {
  const password = pinBytes(pin);
  const raw = await hashRaw(password, {
    algorithm: ARGON2ID,
    memoryCost: kdf.memoryKib,
    timeCost: kdf.passes,
    parallelism: kdf.lanes,
    outputLen: 32,
    salt,
    secret: pepper,
  });
  password.fill(0);
  const key = derive(raw, LABEL);
  raw.fill(0);
  return key;
}

export interface WrapInput {
  readonly pin: string;
  /** 32 bytes, the site's. */
  readonly pepper: Uint8Array;
  readonly site: string;
  readonly clinician: string;
}

/** Wraps a clinician's private keys under a PIN. A changed PIN is a new wrap of the same keys. */
export async function wrapKeys(
  keys: PrivateKeys,
  input: WrapInput & { readonly kdf: KdfParameters; readonly random?: RandomBytes },
): Promise<WrappedKeys> {
  const random = input.random ?? randomBytes;
  const salt = Uint8Array.from(random(16));
  const nonce = Uint8Array.from(random(12));
  const key = await wrappingKey(input.pin, salt, input.pepper, input.kdf);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  key.fill(0);
  cipher.setAAD(wrapBinding(input.site, input.clinician));
  const plain = Buffer.from(JSON.stringify(PrivateKeys.parse(keys)));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  return {
    kdf: input.kdf,
    salt: toBase64Url(salt),
    nonce: toBase64Url(nonce),
    sealed: toBase64Url(sealed),
  };
}

/** Opens a wrap with a PIN. @throws {@link PinRefused} */
export async function unwrapKeys(wrapped: WrappedKeys, input: WrapInput): Promise<PrivateKeys> {
  const pepper = input.pepper;
  const key = await wrappingKey(input.pin, fromBase64Url(wrapped.salt), pepper, wrapped.kdf);
  try {
    const sealed = fromBase64Url(wrapped.sealed);
    const decipher = createDecipheriv("aes-256-gcm", key, fromBase64Url(wrapped.nonce), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(wrapBinding(input.site, input.clinician));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(0, sealed.length - TAG_BYTES);
    const plain = Buffer.concat([decipher.update(body), decipher.final()]);
    const keys = PrivateKeys.parse(JSON.parse(plain.toString()));
    plain.fill(0);
    return keys;
  } catch (error) {
    throw new PinRefused("the PIN does not open this wrap", { cause: error });
  } finally {
    key.fill(0);
  }
}

/** The public P-256 key that belongs to a raw private scalar. */
function signingPublic(scalar: Uint8Array): PublicEcJwk {
  // RFC 5915 ECPrivateKey without its public point, inside PKCS #8: the library works the point out.
  const der = Buffer.concat([
    Buffer.from("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", "hex"),
    scalar,
  ]);
  const jwk = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" })).export({
    format: "jwk",
  });
  der.fill(0);
  return { kty: "EC", crv: "P-256", x: jwk.x ?? "", y: jwk.y ?? "" };
}

/** Whether the private halves are those of the public keys the control key vouches for. */
export function keysFit(privateKeys: PrivateKeys, publicKeys: RosterEntry["keys"]): boolean {
  const sign = signingPublic(fromBase64Url(privateKeys.sign));
  return (
    toBase64Url(x25519Public(fromBase64Url(privateKeys.box))) === publicKeys.box &&
    sign.x === publicKeys.sign.x &&
    sign.y === publicKeys.sign.y
  );
}

/**
 * Enrols a clinician: a random X25519 pair and a random P-256 pair, the private halves wrapped under her PIN. What comes
 * back goes into her roster entry as `keys` and `wrapped`; nothing else remembers the private halves.
 */
export async function makeClinicianKeys(
  input: WrapInput & { readonly kdf: KdfParameters; readonly random?: RandomBytes },
): Promise<{ keys: RosterEntry["keys"]; wrapped: WrappedKeys }> {
  const random = input.random ?? randomBytes;
  const box = makeX25519(random);
  const sign = randomScalar(random);
  const wrapped = await wrapKeys(
    { box: toBase64Url(box.privateKey), sign: toBase64Url(sign) },
    input,
  );
  const keys = { box: toBase64Url(box.publicKey), sign: signingPublic(sign) };
  box.privateKey.fill(0);
  sign.fill(0);
  return { keys, wrapped };
}

/** A uniformly random P-256 scalar by rejection (FIPS 186-5 A.2.2): out of range once in 2^32 draws. */
function randomScalar(random: RandomBytes): Uint8Array {
  for (;;) {
    const scalar = Uint8Array.from(random(32));
    try {
      signingPublic(scalar);
      return scalar;
    } catch {
      // Zero, or not below the group order: draw again.
    }
  }
}
