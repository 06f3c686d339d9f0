/** One BER-TLV (ISO 7816-4, section 5.2.2); PIV uses tags of one byte. */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

/** What stands one after another in `bytes`. Throws on what is cut short. */
export function readTlvs(bytes: Buffer): readonly Tlv[] {
  const found: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    const short = bytes.readUInt8(at + 1);
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    if (short === 0x80 || lengthBytes > 3) throw new RangeError("a length PIV does not use");
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw new RangeError("cut short");
    found.push({ tag, value: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** The value under this tag, or null. */
export function valueOf(bytes: Buffer, tag: number): Buffer | null {
  return readTlvs(bytes).find((one) => one.tag === tag)?.value ?? null;
}

/** Tag, length and value (the parts one after another). */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >>> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
