import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { hashRaw } from "@node-rs/argon2";
import canonicalize from "canonicalize";
import { z } from "zod";
import { makeRecoveryKeys } from "../../electron/service/vault/index.ts";
import { KdfParameters, PublicEcJwk } from "../../shared/trust/index.ts";
import { makeControlKey, type DeskSecrets } from "./desk.ts";

/** RFC 9106's first recommended option in memory (2 GiB) is more than a desk's laptop gives; this takes about a second. */
const KDF: KdfParameters = { name: "argon2id", memoryKib: 262_144, passes: 4, lanes: 1 };
const ARGON2ID = 2;
const TAG_BYTES = 16;
/** Whoever holds this file and its passphrase is the hospital: a short one is refused. */
export const PASSPHRASE_LEAST = 14;

/** What can be read without the passphrase, and is bound to what cannot. */
const Head = z.object({
  v: z.literal(1),
  what: z.literal("amanah control key"),
  site: z.string().min(1),
  controlKey: PublicEcJwk,
  recoveryKey: z.string().min(1),
  kdf: KdfParameters,
  salt: z.string(),
  nonce: z.string(),
});
const KeyFile = Head.extend({ sealed: z.string() });
export type KeyFileHead = z.infer<typeof Head>;

const Secret = z.object({
  controlKey: z.record(z.string(), z.unknown()),
  recoveryPrivateKey: z.string().min(1),
  pepper: z.string().min(1),
  itSecret: z.string().min(1),
});

export interface OpenKeyFile extends DeskSecrets {
  readonly recoveryPrivateKey: string;
}

/** The passphrase does not open the key file, or the file was changed. */
export class PassphraseRefused extends Error {
  override readonly name = "PassphraseRefused";
}

async function keyOf(passphrase: string, salt: Uint8Array, kdf: KdfParameters) {
  return hashRaw(passphrase.normalize("NFKC"), {
    algorithm: ARGON2ID,
    memoryCost: kdf.memoryKib,
    timeCost: kdf.passes,
    parallelism: kdf.lanes,
    outputLen: 32,
    salt,
  });
}

/** Makes a hospital's keys: control key, recovery key, site pepper, the secret of IT's codes. Never over another file. */
export async function makeKeyFile(
  file: string,
  site: string,
  passphrase: string,
  kdf: KdfParameters = KDF,
): Promise<KeyFileHead> {
  if (passphrase.length < PASSPHRASE_LEAST)
    throw new PassphraseRefused(`the passphrase needs ${PASSPHRASE_LEAST} characters or more`);
  const controlKey = await makeControlKey();
  const recovery = makeRecoveryKeys();
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const head = Head.parse({
    v: 1,
    what: "amanah control key",
    site,
    controlKey,
    recoveryKey: recovery.publicKey,
    kdf,
    salt: salt.toString("base64url"),
    nonce: nonce.toString("base64url"),
  });
  const secret = {
    controlKey,
    recoveryPrivateKey: recovery.privateKey,
    pepper: randomBytes(32).toString("base64url"),
    itSecret: randomBytes(32).toString("base64url"),
  };
  const key = await keyOf(passphrase, salt, kdf);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(canonicalize(head) ?? ""));
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(secret)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  key.fill(0);
  // SECURITY: a second control key over the first would make every PC of the hospital deaf: never overwritten.
  const text = JSON.stringify({ ...head, sealed: sealed.toString("base64url") }, null, 2);
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: "wx", flush: true });
  return head;
}

/** What the key file says to everyone: site and public keys. */
export function readHead(file: string): KeyFileHead {
  return Head.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** @throws {@link PassphraseRefused}, ZodError for a file of another kind */
export async function openKeyFile(file: string, passphrase: string): Promise<OpenKeyFile> {
  const { sealed, ...head } = KeyFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const key = await keyOf(passphrase, Buffer.from(head.salt, "base64url"), head.kdf);
  try {
    const bytes = Buffer.from(sealed, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(head.nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(canonicalize(head) ?? ""));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plain = Buffer.concat([
      decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)),
      decipher.final(),
    ]);
    const secret = Secret.parse(JSON.parse(plain.toString()));
    plain.fill(0);
    return {
      site: head.site,
      controlKey: secret.controlKey,
      recoveryPrivateKey: secret.recoveryPrivateKey,
      pepper: Uint8Array.from(Buffer.from(secret.pepper, "base64url")),
      itSecret: Uint8Array.from(Buffer.from(secret.itSecret, "base64url")),
    };
  } catch (error) {
    throw new PassphraseRefused("the passphrase does not open this key file", { cause: error });
  } finally {
    key.fill(0);
  }
}
