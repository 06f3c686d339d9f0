import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { ask, CardRefused, type Transmit } from "./apdu.ts";
import { tlv, valueOf } from "./tlv.ts";

/** The PIV application without its version (NIST SP 800-73-4 part 1, section 2.2). */
const APPLICATION = Buffer.from("a00000030800001000", "hex");
/** X.509 certificate for card authentication (part 1, table 3). */
const CARD_AUTHENTICATION_CERTIFICATE = Buffer.from("5fc101", "hex");
const CARD_AUTHENTICATION_KEY = 0x9e;
/** Tags of a certificate object (part 1, appendix A). */
const TAG = { tagList: 0x5c, object: 0x53, certificate: 0x70, info: 0x71 } as const;
const GZIPPED = 0x01;
/** Far over any certificate a card can hold: a bomb must not fill the memory. */
const LONGEST_CERTIFICATE = 65_536;
/** The dynamic authentication template (part 2, table 7). */
const AUTH = { template: 0x7c, challenge: 0x81, response: 0x82 } as const;

export type ProofAlgorithm = "ES256" | "ES384" | "RS256";

export interface PivCard {
  /** DER of the card-authentication certificate. */
  readonly certificate: Buffer;
  readonly algorithm: ProofAlgorithm;
}

/** Algorithm references of SP 800-78-4, table 6-2. */
const REFERENCE: Readonly<Record<ProofAlgorithm, number>> = {
  ES256: 0x11,
  ES384: 0x14,
  RS256: 0x07,
};
const HASH: Readonly<Record<ProofAlgorithm, string>> = {
  ES256: "sha256",
  ES384: "sha384",
  RS256: "sha256",
};

/** The UID a contactless reader gives (PC/SC part 3, 3.2.2.1.3), or null where there is none. It can be cloned. */
export async function readUid(transmit: Transmit, protocol: number): Promise<string | null> {
  const uid = await orNull(ask(transmit, protocol, { header: [0xff, 0xca, 0x00, 0x00] }));
  return uid === null || uid.length === 0 || uid.length > 32 ? null : uid.toString("hex");
}

/** What the card holds for card authentication; null where it is no PIV card or its key is of a kind we do not take. */
export async function readPivCard(transmit: Transmit, protocol: number): Promise<PivCard | null> {
  if ((await orNull(select(transmit, protocol))) === null) return null;
  const object = await orNull(
    ask(transmit, protocol, {
      header: [0x00, 0xcb, 0x3f, 0xff],
      data: tlv(TAG.tagList, CARD_AUTHENTICATION_CERTIFICATE),
    }),
  );
  return object === null ? null : parseCertificateObject(object);
}

/** The certificate inside the object's wrappers, unzipped where its flag says so; null where it is not a usable one. */
export function parseCertificateObject(object: Buffer): PivCard | null {
  try {
    const inner = valueOf(object, TAG.object);
    const stored = inner && valueOf(inner, TAG.certificate);
    if (!inner || !stored) return null;
    const zipped = ((valueOf(inner, TAG.info)?.[0] ?? 0) & GZIPPED) !== 0;
    const certificate = zipped
      ? gunzipSync(stored, { maxOutputLength: LONGEST_CERTIFICATE })
      : stored;
    const algorithm = algorithmOf(new X509Certificate(certificate).publicKey);
    return algorithm === null ? null : { certificate, algorithm };
  } catch {
    // Whatever it is, it is not a certificate: the card can name, not prove.
    return null;
  }
}

/**
 * The card's signature over `challenge` with its card-authentication key, which asks for no PIN (part 1, table 4b). Throws
 * `CardRefused`. Whether it verifies is for the service to say.
 */
export async function signWithCard(
  transmit: Transmit,
  protocol: number,
  { algorithm }: PivCard,
  challenge: Uint8Array,
): Promise<Buffer> {
  await select(transmit, protocol);
  const answer = await ask(transmit, protocol, {
    header: [0x00, 0x87, REFERENCE[algorithm], CARD_AUTHENTICATION_KEY],
    data: tlv(
      AUTH.template,
      tlv(AUTH.response),
      tlv(AUTH.challenge, toBeSigned(algorithm, challenge)),
    ),
  });
  const template = valueOf(answer, AUTH.template);
  const signature = template && valueOf(template, AUTH.response);
  if (!signature || signature.length === 0) throw new CardRefused(0);
  return signature;
}

function select(transmit: Transmit, protocol: number): Promise<Buffer> {
  return ask(transmit, protocol, { header: [0x00, 0xa4, 0x04, 0x00], data: APPLICATION });
}

const RSA_2048_BYTES = 256;
/** DER of a DigestInfo for SHA-256 up to the digest (RFC 8017, section 9.2, note 1). */
const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** The card signs what it is given: a digest for ECDSA, the whole padded block for RSA (EMSA-PKCS1-v1_5, RFC 8017 9.2). */
function toBeSigned(algorithm: ProofAlgorithm, challenge: Uint8Array): Buffer {
  const digest = createHash(HASH[algorithm]).update(challenge).digest();
  if (algorithm !== "RS256") return digest;
  const info = Buffer.concat([SHA256_DIGEST_INFO, digest]);
  const padding = Buffer.alloc(RSA_2048_BYTES - info.length - 3, 0xff);
  return Buffer.concat([Buffer.from([0x00, 0x01]), padding, Buffer.from([0x00]), info]);
}

const CURVES: Readonly<Record<string, ProofAlgorithm>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
};

function algorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): ProofAlgorithm | null {
  if (asymmetricKeyType === "rsa")
    return asymmetricKeyDetails?.modulusLength === RSA_2048_BYTES * 8 ? "RS256" : null;
  if (asymmetricKeyType !== "ec") return null;
  return CURVES[asymmetricKeyDetails?.namedCurve ?? ""] ?? null;
}

async function orNull(answer: Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CardRefused) return null;
    throw error;
  }
}
