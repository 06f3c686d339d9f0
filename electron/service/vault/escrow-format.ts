import { crc32 } from "node:zlib";

/**
 * The escrow file, format 1. It only ever grows; each record is
 *
 *     "AMR1" | kind (1 byte) | length (4 bytes, big-endian) | body | CRC-32 of kind, length and body (4 bytes)
 *
 * so that a reader finds the next whole record after a torn or damaged stretch by its mark. The checksum finds
 * accidents; what makes an entry trustworthy is that it opens with the recovery key and carries a signed act.
 */
export const ESCROW_FORMAT = 1;
const MARK = Buffer.from("AMR1");
const HEAD_BYTES = MARK.length + 1 + 4;
const CRC_BYTES = 4;
/** Larger than any act; a length beyond it is damage. */
const MAX_BODY = 16 * 1024 * 1024;

export const RECORD = { header: 1, entry: 2, tombstone: 3 } as const;
export type RecordKind = (typeof RECORD)[keyof typeof RECORD];

export interface EscrowRecord {
  readonly kind: number;
  readonly body: Uint8Array;
}

export interface ScannedEscrow {
  readonly records: readonly EscrowRecord[];
  /** Stretches that hold no whole record. A torn tail is the last of them. */
  readonly damaged: readonly { readonly offset: number; readonly bytes: number }[];
}

export function encodeRecord(kind: RecordKind, body: Uint8Array): Uint8Array {
  const out = Buffer.alloc(HEAD_BYTES + body.length + CRC_BYTES);
  MARK.copy(out);
  out[MARK.length] = kind;
  out.writeUInt32BE(body.length, MARK.length + 1);
  out.set(body, HEAD_BYTES);
  const sum = crc32(out.subarray(MARK.length, HEAD_BYTES + body.length));
  out.writeUInt32BE(sum, HEAD_BYTES + body.length);
  return out;
}

/** Reads every whole record, whatever lies between them. Never throws. */
export function scanEscrow(bytes: Uint8Array): ScannedEscrow {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: EscrowRecord[] = [];
  const damaged: { offset: number; bytes: number }[] = [];
  let at = 0;
  while (at < file.length) {
    const record = recordAt(file, at);
    if (record !== null) {
      records.push({ kind: record.kind, body: record.body });
      at = record.end;
      continue;
    }
    const next = nextRecord(file, at + 1);
    damaged.push({ offset: at, bytes: next - at });
    at = next;
  }
  return { records, damaged };
}

function nextRecord(file: Buffer, from: number): number {
  for (let at = file.indexOf(MARK, from); at !== -1; at = file.indexOf(MARK, at + 1))
    if (recordAt(file, at) !== null) return at;
  return file.length;
}

function recordAt(file: Buffer, at: number): (EscrowRecord & { readonly end: number }) | null {
  if (at + HEAD_BYTES + CRC_BYTES > file.length) return null;
  if (!file.subarray(at, at + MARK.length).equals(MARK)) return null;
  const length = file.readUInt32BE(at + MARK.length + 1);
  const end = at + HEAD_BYTES + length + CRC_BYTES;
  if (length > MAX_BODY || end > file.length) return null;
  const body = file.subarray(at + HEAD_BYTES, end - CRC_BYTES);
  if (
    crc32(file.subarray(at + MARK.length, end - CRC_BYTES)) !== file.readUInt32BE(end - CRC_BYTES)
  )
    return null;
  return { kind: file[at + MARK.length] ?? 0, body: Uint8Array.from(body), end };
}
