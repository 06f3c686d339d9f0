import { verify, X509Certificate, type KeyObject } from "node:crypto";
import type { FromBadge } from "../../../shared/badge.ts";

type Proof = Extract<FromBadge, { kind: "proof" }>;

/**
 * Whether a badge has proved that it holds the key of a certificate the control key vouches for. `trusted` are the
 * certificates (base64 of DER) of the roster entry the card was recognised by, `challenge` is what was asked for this one
 * time. Never throws: whatever cannot be read proves nothing.
 *
 * SECURITY: P2. The roster names the certificate itself, byte for byte: no issuer is trusted to make another one. The
 * algorithm is the one the key calls for, never the one the message would like.
 */
export function verifyBadgeProof({
  certificate,
  signature,
  algorithm,
  challenge,
  trusted,
  now,
}: Pick<Proof, "certificate" | "signature" | "algorithm"> & {
  readonly challenge: Uint8Array;
  readonly trusted: readonly string[];
  readonly now: Date;
}): boolean {
  try {
    const der = Buffer.from(certificate, "base64");
    if (!trusted.some((one) => der.equals(Buffer.from(one, "base64")))) return false;
    const { publicKey, validFromDate, validToDate } = new X509Certificate(der);
    // Said this way round so that a time that is none proves nothing either.
    if (!(now >= validFromDate && now <= validToDate)) return false;
    const digest = digestOf(publicKey, algorithm);
    if (digest === null) return false;
    return verify(digest, challenge, publicKey, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

/** The digest to verify with (FIPS 186-5 with SP 800-78-4); null where key and algorithm do not belong together. */
function digestOf(key: KeyObject, algorithm: Proof["algorithm"]): string | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (algorithm) {
    case "ES256":
      return type === "ec" && details?.namedCurve === "prime256v1" ? "sha256" : null;
    case "ES384":
      return type === "ec" && details?.namedCurve === "secp384r1" ? "sha384" : null;
    case "RS256":
      return type === "rsa" && details?.modulusLength === 2048 ? "sha256" : null;
  }
}
