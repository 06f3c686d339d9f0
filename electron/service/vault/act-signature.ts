import type { webcrypto } from "node:crypto";
import canonicalize from "canonicalize";
import { compactVerify, CompactSign, importJWK } from "jose";
import type { PublicEcJwk } from "../../../shared/trust/index.ts";
import { toBase64Url, utf8 } from "./bytes.ts";

/** Parts an act's signature from anything else signed with ES256, a statement above all. */
const TYP = "amanah-act";

/** RFC 8785 canonical JSON. @throws TypeError for what JSON cannot say. */
function canonical(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("a value that is not JSON cannot be signed");
  return utf8(text);
}

/** Detached JWS (RFC 7515 appendix F), ES256, over the RFC 8785 canonical JSON of a value. */
export async function signDetached(
  value: unknown,
  key: webcrypto.CryptoKey,
  kid: string,
): Promise<string> {
  const jws = await new CompactSign(canonical(value))
    .setProtectedHeader({ alg: "ES256", typ: TYP, kid })
    .sign(key);
  const [header, , signature] = jws.split(".");
  return `${header}..${signature}`;
}

/** Whether `signature` is this key's over this value: any edit of the value, down to one digit, makes it false. */
export async function verifyActSignature(
  value: unknown,
  signature: string,
  publicKey: PublicEcJwk,
): Promise<boolean> {
  const [header, middle, mark, ...rest] = signature.split(".");
  if (middle !== "" || rest.length > 0) return false;
  try {
    const { kty, crv, x, y } = publicKey;
    const key = await importJWK({ kty, crv, x, y }, "ES256");
    const jws = `${header}.${toBase64Url(canonical(value))}.${mark}`;
    const { protectedHeader } = await compactVerify(jws, key, { algorithms: ["ES256"] });
    return protectedHeader.typ === TYP;
  } catch {
    return false;
  }
}
