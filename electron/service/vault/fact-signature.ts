import { createPublicKey, verify, type KeyObject, type webcrypto } from "node:crypto";
import { CompactSign } from "jose";
import { z } from "zod";
import { FACT_SIGNATURE_TYP, FactClaims, type SigningJwk } from "../../../shared/trust/index.ts";

/** The key of who signs, and its RFC 7638 thumbprint, by which it is found again. */
export interface FactSigner {
  readonly kid: string;
  readonly algorithm: "ES256" | "EdDSA";
  readonly key: webcrypto.CryptoKey;
}

/**
 * Signs what was done to clinical facts: a detached JWS (RFC 7515 appendix F) whose protected header carries the claims, and
 * with them the digest of every resource. @throws ZodError for claims that are none
 */
export async function signFacts(
  claims: z.input<typeof FactClaims>,
  { kid, algorithm, key }: FactSigner,
): Promise<string> {
  const facts = FactClaims.parse(claims);
  // jose wants a payload it can hold; empty, it is the detached form already.
  return new CompactSign(new Uint8Array(0))
    .setProtectedHeader({ alg: algorithm, typ: FACT_SIGNATURE_TYP, kid, claims: facts })
    .sign(key);
}

const Header = z.strictObject({
  alg: z.enum(["ES256", "EdDSA"]),
  typ: z.literal(FACT_SIGNATURE_TYP),
  kid: z.string().min(1),
  claims: FactClaims,
});

/** Acts have some dozens of resources. */
const MOST_LENGTH = 64 * 1024;

/** What a signature says that it binds, before anybody has looked whether it is good. */
export interface UnprovenFacts {
  readonly kid: string;
  readonly algorithm: "ES256" | "EdDSA";
  readonly claims: FactClaims;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Reads a fact signature; null for what is none. Proves nothing. */
export function readFactSignature(jws: string): UnprovenFacts | null {
  if (jws.length > MOST_LENGTH) return null;
  const [header, middle, mark, ...rest] = jws.split(".");
  if (header === undefined || middle !== "" || mark === undefined || rest.length > 0) return null;
  const parsed = Header.safeParse(jsonOf(Buffer.from(header, "base64url")));
  if (!parsed.success) return null;
  const { kid, alg, claims } = parsed.data;
  const signature = Buffer.from(mark, "base64url");
  return { kid, algorithm: alg, claims, signed: Buffer.from(`${header}.`, "ascii"), signature };
}

/** A public key, ready to verify with. @throws TypeError for what is no point of its curve */
export function verifierOf(jwk: SigningJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: "jwk" });
}

/** Whether this key made it. It takes 0.1 ms and blocks: handing each to the thread pool takes longer (measured, Node 24). */
export function isSignedBy(facts: UnprovenFacts, jwk: SigningJwk, key: KeyObject): boolean {
  // SECURITY: the algorithm is the key's, never the header's (RFC 8725 section 3.1).
  const algorithm = jwk.kty === "EC" ? "ES256" : "EdDSA";
  if (facts.algorithm !== algorithm || facts.signature.byteLength !== 64) return false;
  return algorithm === "ES256"
    ? verify("sha256", facts.signed, { key, dsaEncoding: "ieee-p1363" }, facts.signature)
    : verify(null, facts.signed, key, facts.signature);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
