import { gzipSync } from "node:zlib";
import { readTlvs, tlv, valueOf } from "../../electron/badge/tlv.ts";
import { signAsCard, type PivIdentity } from "./piv-identity.ts";

/** A card without its plastic: commands in, answers out. `CardReader.insert` lays it on a reader. */
export interface VirtualCard {
  readonly atr: Buffer;
  /** Null: it never answers this one. */
  answer(command: Buffer): Buffer | null;
}

export interface VirtualCardOptions {
  /** Hex of the contactless UID; null as from a contact reader. */
  readonly uid: string | null;
  /** The PIV application with this key and certificate; a clone has the certificate and another key. */
  readonly piv?: PivIdentity;
  /** Stores the certificate zipped, as cards short of memory do. */
  readonly zipped?: boolean;
  /** Commands it falls silent at, for ever. */
  readonly silentAt?: (command: Buffer) => boolean;
}

/** ISO 14443 part 4 with a historical-bytes ATR as contactless readers make it (PC/SC part 3, 3.1.3.2.3). */
const ATR = Buffer.from("3b8f8001804f0ca0000003060300030000000068", "hex");
const OK = Buffer.from("9000", "hex");
const NOT_FOUND = Buffer.from("6a82", "hex");
const WRONG_DATA = Buffer.from("6a80", "hex");
const UNKNOWN = Buffer.from("6d00", "hex");
const PIECE = 256;
const PIV = Buffer.from("a000000308000010000100", "hex");
const KEY_REFERENCE = { "P-256": 0x11, "P-384": 0x14, "RSA-2048": 0x07 } as const;

/** A badge: it tells its UID and, with `piv`, proves itself by its card-authentication key. */
export function makeVirtualCard({ uid, piv, zipped, silentAt }: VirtualCardOptions): VirtualCard {
  let selected = false;
  let chained = Buffer.alloc(0);
  let left = Buffer.alloc(0);

  /** The first piece of an answer; the rest is fetched by GET RESPONSE. */
  function say(data: Buffer): Buffer {
    left = Buffer.from(data.subarray(PIECE));
    const status = left.length === 0 ? OK : Buffer.from([0x61, Math.min(left.length, 255)]);
    return Buffer.concat([data.subarray(0, PIECE), status]);
  }

  function obey(instruction: number, p1: number, p2: number, data: Buffer): Buffer {
    switch (instruction) {
      case 0xa4:
        selected = piv !== undefined && data.length >= 9 && PIV.indexOf(data) === 0;
        return selected ? say(tlv(0x61, tlv(0x4f, PIV.subarray(5)))) : NOT_FOUND;
      case 0xcb:
        if (piv === undefined || !selected) return NOT_FOUND;
        if (valueOf(data, 0x5c)?.toString("hex") !== "5fc101") return NOT_FOUND;
        return say(certificateObject(piv.certificate, zipped === true));
      case 0x87: {
        if (piv === undefined || !selected) return NOT_FOUND;
        if (p1 !== KEY_REFERENCE[piv.kind] || p2 !== 0x9e) return WRONG_DATA;
        const template = valueOf(data, 0x7c);
        const challenge = template && valueOf(template, 0x81);
        if (!template || !challenge || !readTlvs(template).some(({ tag }) => tag === 0x82))
          return WRONG_DATA;
        return say(tlv(0x7c, tlv(0x82, signAsCard(piv, challenge))));
      }
      default:
        return UNKNOWN;
    }
  }

  return {
    atr: ATR,
    answer(command) {
      if (silentAt?.(command) === true) return null;
      const [cla = 0, instruction = 0, p1 = 0, p2 = 0, length = 0] = command;
      // The reader's own command: here the card plays the reader's part too.
      if (cla === 0xff && instruction === 0xca)
        return uid === null ? UNKNOWN : Buffer.concat([Buffer.from(uid, "hex"), OK]);
      if (instruction === 0xc0) return say(left);
      const data = Buffer.concat([chained, command.subarray(5, 5 + length)]);
      const more = (cla & 0x10) !== 0;
      chained = more ? data : Buffer.alloc(0);
      return more ? OK : obey(instruction, p1, p2, data);
    },
  };
}

function certificateObject(certificate: Buffer, zipped: boolean): Buffer {
  return tlv(
    0x53,
    tlv(0x70, zipped ? gzipSync(certificate) : certificate),
    tlv(0x71, Buffer.from([zipped ? 0x01 : 0x00])),
    tlv(0xfe),
  );
}
