import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { utf8 } from "./bytes.ts";
import { openRow, SealBroken, sealRow } from "./sealing.ts";
import { X25519_KEY_BYTES } from "./x25519.ts";

/** What the exported key is for: RFC 9180 section 5.3, "secret export". */
const EXPORTED = utf8("amanah/v1/page-key");
const FORMAT = 2;
const KEY_BYTES = 32;
/** Opened runs remembered; a run is what was sealed within {@link RUN_MS}. */
const RUNS = 64;
/**
 * SECURITY: the sealing side can read what it sealed within one run, and nothing older: the key of a run is zeroed with
 * it. One encapsulation a page would make it nothing at all, and cost more than all else a page costs.
 */
const RUN_MS = 30_000;

export interface PageSealer {
  seal(aad: Uint8Array, bytes: Uint8Array): Promise<Uint8Array>;
}

export interface PageOpener {
  /** @throws {@link SealBroken} */
  open(aad: Uint8Array, message: Uint8Array): Promise<Uint8Array>;
  /** Zeroes the keys it remembers. */
  close(): void;
}

interface Run {
  readonly enc: Uint8Array;
  readonly key: Uint8Array;
  readonly until: number;
}

function suite(): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

/**
 * Seals many messages to an X25519 public key: HPKE base mode (RFC 9180) once a run, each message by AES-256-GCM under the
 * key that run exports. Format: byte 2, the 32-byte encapsulated key, then a sealed row.
 */
export function createPageSealer(
  publicKey: Uint8Array,
  info: string,
  now: () => number,
): PageSealer {
  let run: Run | null = null;
  let beginning: Promise<Run> | null = null;

  async function begin(): Promise<Run> {
    const hpke = suite();
    const recipientPublicKey = await hpke.kem.importKey(
      "raw",
      Uint8Array.from(publicKey).buffer,
      true,
    );
    const context = await hpke.createSenderContext({ recipientPublicKey, info: utf8(info) });
    const key = new Uint8Array(await context.export(EXPORTED, KEY_BYTES));
    run?.key.fill(0);
    const begun = { enc: new Uint8Array(context.enc), key, until: now() + RUN_MS };
    run = begun;
    return begun;
  }

  async function current(): Promise<Run> {
    if (run !== null && now() < run.until) return run;
    beginning ??= begin().finally(() => {
      beginning = null;
    });
    return await beginning;
  }

  return {
    async seal(aad, bytes) {
      const { enc, key } = await current();
      // No await from here on: the key cannot be zeroed between.
      const row = sealRow(key, aad, bytes);
      const out = new Uint8Array(1 + enc.length + row.length);
      out[0] = FORMAT;
      out.set(enc, 1);
      out.set(row, 1 + enc.length);
      return out;
    },
  };
}

/** Opens what {@link createPageSealer} made; `privateKey` is borrowed. */
export function createPageOpener(privateKey: Uint8Array, info: string): PageOpener {
  const runs = new Map<string, Promise<Uint8Array>>();

  async function derive(enc: Uint8Array): Promise<Uint8Array> {
    const hpke = suite();
    // SECURITY: P1. WebCrypto wants a buffer of its own; this one does not outlive the import.
    const copy = Uint8Array.from(privateKey);
    const recipientKey = await hpke.kem
      .importKey("raw", copy.buffer, false)
      .finally(() => copy.fill(0));
    const context = await hpke.createRecipientContext({
      recipientKey,
      enc: Uint8Array.from(enc).buffer,
      info: utf8(info),
    });
    return new Uint8Array(await context.export(EXPORTED, KEY_BYTES));
  }

  function keyOf(enc: Uint8Array): Promise<Uint8Array> {
    const name = Buffer.from(enc).toString("base64");
    const known = runs.get(name);
    if (known !== undefined) return known;
    const made = derive(enc);
    runs.set(name, made);
    const [oldest] = runs.keys();
    if (runs.size > RUNS && oldest !== undefined) runs.delete(oldest);
    return made;
  }

  return {
    async open(aad, message) {
      const head = 1 + X25519_KEY_BYTES;
      if (message[0] !== FORMAT || message.length <= head)
        throw new SealBroken("not a sealed page of a known format");
      let key: Uint8Array;
      try {
        key = await keyOf(message.subarray(1, head));
      } catch (error) {
        throw new SealBroken("a sealed page does not open", { cause: error });
      }
      return openRow(key, aad, message.subarray(head));
    },
    close() {
      for (const made of runs.values()) void made.then((key) => key.fill(0)).catch(() => undefined);
      runs.clear();
    },
  };
}
