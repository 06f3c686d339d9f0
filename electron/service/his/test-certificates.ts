/** X.509 certificates for tests, made by hand (RFC 5280) so that a machine needs no tool of its own. Never shipped. */
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface TestCertificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface Wish {
  readonly name: string;
  readonly ca?: boolean;
  /** DNS names and IPv4 addresses it is made out to. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  /** Who vouches for it; absent: itself. */
  readonly issuer?: TestCertificate;
}

const DAY = 86_400_000;

/** A certificate of a fresh P-256 key, valid from yesterday to tomorrow unless said otherwise. */
export function makeCertificate(wish: Wish): TestCertificate {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = wish.issuer ?? { name: wish.name, privateKey: pair.privateKey };
  const algorithm = sequence(oid("2a8648ce3d040302")); // ecdsa-with-SHA256
  const hosts = (wish.hosts ?? []).map((host) =>
    /^[\d.]+$/u.test(host)
      ? der(0x87, Buffer.from(host.split(".").map(Number)))
      : der(0x82, Buffer.from(host)),
  );
  const extensions = [
    // How one CA is told from another of its name, as when a hospital renews its own.
    extension("551d0e", false, der(0x04, keyId(pair.privateKey))),
    extension("551d23", false, sequence(der(0x80, keyId(issuer.privateKey)))),
    extension("551d13", true, sequence(wish.ca === true ? der(0x01, Buffer.of(0xff)) : empty)),
    ...(hosts.length > 0 ? [extension("551d11", false, sequence(...hosts))] : []),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])), // serial number
    algorithm,
    nameOf(issuer.name),
    sequence(
      time(wish.from ?? new Date(Date.now() - DAY)),
      time(wish.to ?? new Date(Date.now() + DAY)),
    ),
    nameOf(wish.name),
    pair.publicKey.export({ format: "der", type: "spki" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/gu) ?? [];
  return {
    name: wish.name,
    privateKey: pair.privateKey,
    keyPem: pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    pem: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
  };
}

const empty = Buffer.alloc(0);

/** One ASN.1 value in DER (X.690). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128
      ? Buffer.of(length)
      : length < 256
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}
function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}
function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}
function keyId(privateKey: KeyObject): Buffer {
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return createHash("sha1").update(publicKey).digest();
}
function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}
function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(0x01, Buffer.of(0xff))] : [];
  return sequence(oid(id), ...flag, der(0x04, value));
}
function time(at: Date): Buffer {
  const text = `${at.toISOString().replaceAll(/[-:T]/gu, "").slice(2, 14)}Z`;
  return der(0x17, Buffer.from(text));
}
