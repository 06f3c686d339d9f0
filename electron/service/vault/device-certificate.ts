import { createPrivateKey, sign, X509Certificate, type KeyObject } from "node:crypto";
import { compactVerify } from "jose";
import { toBase64Url, utf8 } from "./bytes.ts";

/** The certificate IT's PKI gave this PC and its private key, as PEM texts; the chain's leaf comes first. */
export interface DeviceCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Parts this proof from anything else the PC's certificate may sign. */
const TYP = "amanah-join";
/** A chain longer than this is somebody's attempt to keep the desk busy. */
const MOST_CERTIFICATES = 8;
const MOST_CHARACTERS = 64 * 1024;

/** The JWS algorithm of a key (RFC 7518 section 3.1). @throws TypeError for a key no join is proven with */
function algorithmOf(key: KeyObject): "ES256" | "ES384" | "RS256" {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && (modulusLength ?? 0) >= 2048) return "RS256";
  if (key.asymmetricKeyType === "ec" && namedCurve === "prime256v1") return "ES256";
  if (key.asymmetricKeyType === "ec" && namedCurve === "secp384r1") return "ES384";
  throw new TypeError("a device certificate needs an RSA (2048 bits or more), P-256 or P-384 key");
}

/**
 * The PC's half: its chain, and a compact JWS with the certificate's key over `text`.
 * @throws TypeError, or what OpenSSL says, for files that are no certificate or key
 */
export function proveDevice(
  device: DeviceCertificate,
  text: string,
): { chain: string; proof: string } {
  const key = createPrivateKey(device.key);
  const [leaf] = certificatesOf(device.certificate);
  if (leaf === undefined || !leaf.checkPrivateKey(key))
    throw new TypeError("the device key does not belong to the device certificate");
  const alg = algorithmOf(key);
  const header = toBase64Url(utf8(JSON.stringify({ alg, typ: TYP })));
  const input = `${header}.${toBase64Url(utf8(text))}`;
  // RFC 7518 section 3.4: a JWS carries an ECDSA signature as its two numbers, not as DER.
  const hash = alg === "ES384" ? "sha384" : "sha256";
  const mark = sign(hash, utf8(input), { key, dsaEncoding: "ieee-p1363" });
  return { chain: device.certificate, proof: `${input}.${toBase64Url(mark)}` };
}

export type DeviceRefusal =
  | "unreadable"
  /** Not issued by the hospital's device CA. */
  | "unknown-issuer"
  /** One of the chain is not valid now. */
  | "not-valid-now"
  /** The certificate is another PC's. */
  | "other-name"
  /** The request was not made with the certificate's key, or was changed. */
  | "bad-proof";

/**
 * The desk's half: whether the hospital's device CA vouches for this PC by name, now, and its key made this request. Not
 * looked at: revocation lists and key usages; a stolen PC's certificate is to be taken off by its name (`revoked`).
 */
export async function checkDevice(input: {
  readonly chain: string;
  readonly proof: string;
  readonly text: string;
  readonly workstation: string;
  /** PEM of the CAs that issue device certificates. */
  readonly roots: string;
  /** The hospital's DNS domain: a certificate for `workstation.domain` is this PC's too. */
  readonly domain?: string;
  readonly now: Date;
}): Promise<"ok" | DeviceRefusal> {
  if (input.chain.length > MOST_CHARACTERS) return "unreadable";
  try {
    const chain = certificatesOf(input.chain);
    const roots = certificatesOf(input.roots);
    const [leaf] = chain;
    if (leaf === undefined || chain.length > MOST_CERTIFICATES) return "unreadable";
    const path = pathToRoot(leaf, chain.slice(1), roots);
    if (path === null) return "unknown-issuer";
    const at = input.now.getTime();
    if (path.some((one) => one.validFromDate.getTime() > at || one.validToDate.getTime() <= at))
      return "not-valid-now";
    if (!names(leaf, input.workstation, input.domain)) return "other-name";
    const said = await compactVerify(input.proof, leaf.publicKey, {
      algorithms: [algorithmOf(leaf.publicKey)],
    });
    const sound =
      said.protectedHeader.typ === TYP && new TextDecoder().decode(said.payload) === input.text;
    return sound ? "ok" : "bad-proof";
  } catch (error) {
    return error instanceof Error && error.name.startsWith("JW") ? "bad-proof" : "unreadable";
  }
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu);
  return (blocks ?? []).map((block) => new X509Certificate(block));
}

/** Leaf, intermediates in any order, root: each signed by the next, every issuer a CA. Null: no way leads to a root. */
function pathToRoot(
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | null {
  // SECURITY: a CA's own certificate is no PC's, and what is no CA vouches for nobody (RFC 5280 section 4.2.1.9).
  if (leaf.ca) return null;
  const path = [leaf];
  for (;;) {
    const last = path.at(-1) ?? leaf;
    const issued = (issuer: X509Certificate): boolean =>
      issuer.ca && last.checkIssued(issuer) && last.verify(issuer.publicKey);
    const root = roots.find(issued);
    if (root !== undefined) return [...path, root];
    const next = between.find((one) => !path.includes(one) && issued(one));
    if (next === undefined || path.length > MOST_CERTIFICATES) return null;
    path.push(next);
  }
}

/** Whether the certificate speaks of this PC: its common name, or a DNS name of it, in any case. */
function names(leaf: X509Certificate, workstation: string, domain: string | undefined): boolean {
  const common = /^CN=(.*)$/mu.exec(leaf.subject)?.[1] ?? "";
  const dns = (leaf.subjectAltName ?? "")
    .split(", ")
    .flatMap((name) => (name.startsWith("DNS:") ? [name.slice("DNS:".length)] : []));
  const wanted = [workstation, ...(domain === undefined ? [] : [`${workstation}.${domain}`])];
  const lower = new Set(wanted.map((name) => name.toLowerCase()));
  return [common, ...dns].some((name) => lower.has(name.toLowerCase()));
}
