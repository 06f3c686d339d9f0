import {
  createECDH,
  generateKeyPairSync,
  privateEncrypt,
  randomBytes,
  sign,
  constants,
  createPublicKey,
  type KeyObject,
} from "node:crypto";
import { tlv } from "../../electron/badge/tlv.ts";

export type PivKind = "P-256" | "P-384" | "RSA-2048";

/** A card-authentication key and the self-signed certificate over it. */
export interface PivIdentity {
  readonly kind: PivKind;
  readonly privateKey: KeyObject;
  /** DER (X.509). */
  readonly certificate: Buffer;
}

/** `privateKey` gives the same card twice; by default a new one is made. Valid from a day ago for three years. */
export function makePivIdentity(options: {
  kind: PivKind;
  name: string;
  privateKey?: KeyObject;
  notBefore?: Date;
  notAfter?: Date;
}): PivIdentity {
  const { kind, name } = options;
  const privateKey = options.privateKey ?? newKey(kind);
  const notBefore = options.notBefore ?? new Date(Date.now() - DAY_MS);
  const notAfter = options.notAfter ?? new Date(Date.now() + 3 * 365 * DAY_MS);
  const signer = distinguishedName(name);
  const inner = tlv(
    SEQUENCE,
    tlv(0xa0, tlv(INTEGER, Buffer.from([2]))),
    tlv(INTEGER, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    SIGNED_BY[kind],
    signer,
    tlv(SEQUENCE, time(notBefore), time(notAfter)),
    signer,
    createPublicKey(privateKey).export({ format: "der", type: "spki" }),
  );
  const signature = sign(HASH[kind], inner, privateKey);
  const certificate = tlv(
    SEQUENCE,
    inner,
    SIGNED_BY[kind],
    tlv(BIT_STRING, Buffer.from([0]), signature),
  );
  return { kind, privateKey, certificate };
}

/** What a card does with its key: ECDSA over a digest as it is, or RSA over a block that is padded already. */
export function signAsCard({ kind, privateKey }: PivIdentity, block: Buffer): Buffer {
  if (kind === "RSA-2048")
    return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
  const { name, order, bytes } = CURVES[kind];
  const d = number(Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url"));
  // OpenSSL signs no digest it has not made itself; k·G it does give, and the rest is one line (SEC 1, section 4.1.3).
  const ecdh = createECDH(name);
  ecdh.generateKeys();
  const r = number(ecdh.getPublicKey().subarray(1, 1 + bytes)) % order;
  const k = number(ecdh.getPrivateKey());
  const s = (inverse(k, order) * ((number(block) + r * d) % order)) % order;
  return tlv(SEQUENCE, integer(r), integer(s));
}

export function newKey(kind: PivKind): KeyObject {
  return kind === "RSA-2048"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    : generateKeyPairSync("ec", { namedCurve: kind }).privateKey;
}

const DAY_MS = 86_400_000;
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;

const CURVES = {
  "P-256": {
    name: "prime256v1",
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  "P-384": {
    name: "secp384r1",
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const;

const HASH = { "P-256": "sha256", "P-384": "sha384", "RSA-2048": "sha256" } as const;

/** ecdsa-with-SHA256, ecdsa-with-SHA384 (RFC 5758) and sha256WithRSAEncryption (RFC 4055). */
const SIGNED_BY = {
  "P-256": tlv(SEQUENCE, tlv(OID, Buffer.from("2a8648ce3d040302", "hex"))),
  "P-384": tlv(SEQUENCE, tlv(OID, Buffer.from("2a8648ce3d040303", "hex"))),
  "RSA-2048": tlv(SEQUENCE, tlv(OID, Buffer.from("2a864886f70d01010b", "hex")), tlv(0x05)),
} as const;

function distinguishedName(commonName: string): Buffer {
  const attribute = tlv(
    SEQUENCE,
    tlv(OID, Buffer.from("550403", "hex")),
    tlv(UTF8_STRING, Buffer.from(commonName)),
  );
  return tlv(SEQUENCE, tlv(SET, attribute));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/gu, "");
  return tlv(GENERALIZED_TIME, Buffer.from(digits));
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return tlv(INTEGER, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

/** By Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, next, s, nextS] = [modulus, value, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, nextS] = [nextS, s - quotient * nextS];
  }
  return ((s % modulus) + modulus) % modulus;
}
