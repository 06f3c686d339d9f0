/** X.509 certificates for tests, written in DER by hand: a hospital's CAs and what they issue. Never shipped. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";

export interface TestCertificate {
  readonly pem: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

type Der = Buffer;

function tlv(tag: number, ...parts: readonly Der[]): Der {
  const body = Buffer.concat(parts);
  const size =
    body.length < 0x80
      ? Buffer.of(body.length)
      : body.length < 0x100
        ? Buffer.of(0x81, body.length)
        : Buffer.of(0x82, body.length >> 8, body.length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, body]);
}
const sequence = (...parts: readonly Der[]): Der => tlv(0x30, ...parts);
const oid = (hex: string): Der => tlv(0x06, Buffer.from(hex, "hex"));
const COMMON_NAME = oid("550403");
const BASIC_CONSTRAINTS = oid("551d13");
const SUBJECT_ALT_NAME = oid("551d11");
const SUBJECT_KEY_ID = oid("551d0e");
const AUTHORITY_KEY_ID = oid("551d23");
const SHA256_RSA = sequence(oid("2a864886f70d01010b"), tlv(0x05));
const SHA256_ECDSA = sequence(oid("2a8648ce3d040302"));

const keyId = (privateKey: KeyObject): Der => {
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return createHash("sha1").update(publicKey).digest();
};
const nameOf = (common: string): Der =>
  sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(common)))));
const time = (at: Date): Der => {
  const text = at.toISOString().replaceAll(/[-:T]|\.\d+/gu, "");
  return tlv(0x18, Buffer.from(text));
};

/** A certificate for `name`, issued by `by` (itself, when there is none). */
export function makeCertificate(input: {
  readonly name: string;
  readonly by?: TestCertificate;
  readonly ca?: boolean;
  readonly dns?: readonly string[];
  /** IPv4 addresses it is made out to. */
  readonly addresses?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  readonly kind?: "rsa" | "P-256" | "P-384";
}): TestCertificate {
  const kind = input.kind ?? "P-256";
  const pair =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: kind });
  const issuerKey = input.by?.privateKey ?? pair.privateKey;
  const algorithm = issuerKey.asymmetricKeyType === "rsa" ? SHA256_RSA : SHA256_ECDSA;
  const alternatives = [
    ...(input.dns ?? []).map((dns) => tlv(0x82, Buffer.from(dns))),
    ...(input.addresses ?? []).map((ip) => tlv(0x87, Buffer.from(ip.split(".").map(Number)))),
  ];
  const extensions = [
    // How one CA is told from another of its name, as when a hospital renews its own.
    sequence(SUBJECT_KEY_ID, tlv(0x04, tlv(0x04, keyId(pair.privateKey)))),
    sequence(AUTHORITY_KEY_ID, tlv(0x04, sequence(tlv(0x80, keyId(issuerKey))))),
    sequence(
      BASIC_CONSTRAINTS,
      tlv(0x01, Buffer.of(0xff)),
      tlv(0x04, sequence(...(input.ca === true ? [tlv(0x01, Buffer.of(0xff))] : []))),
    ),
    ...(alternatives.length > 0
      ? [sequence(SUBJECT_ALT_NAME, tlv(0x04, sequence(...alternatives)))]
      : []),
  ];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.of(1), randomBytes(15)),
    algorithm,
    nameOf(input.by?.name ?? input.name),
    sequence(
      time(input.from ?? new Date("2026-01-01T00:00:00Z")),
      time(input.to ?? new Date("2027-01-01T00:00:00Z")),
    ),
    nameOf(input.name),
    pair.publicKey.export({ format: "der", type: "spki" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const mark = tlv(0x03, Buffer.of(0), sign("sha256", body, issuerKey));
  const text =
    sequence(body, algorithm, mark)
      .toString("base64")
      .match(/.{1,64}/gu) ?? [];
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${text.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    name: input.name,
    privateKey: pair.privateKey,
  };
}
