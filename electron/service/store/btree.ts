import { USABLE_SIZE } from "./cipher.ts";
import type { Cell } from "./connection.ts";
import type { PageSource } from "./page-source.ts";

/**
 * SQLite's b-tree pages and records, read without SQLite (https://www.sqlite.org/fileformat2.html, sections 1.6 and
 * 2.1). Everything is bounds-checked by Buffer: a wrong byte throws a RangeError, which costs that row only.
 */
export const TABLE_LEAF = 0x0d;
const TABLE_INTERIOR = 0x05;
const INDEX_LEAF = 0x0a;
const INDEX_INTERIOR = 0x02;

export interface CarvedRow {
  /** The rowid; for an index's entry 0. */
  readonly rowid: number;
  readonly values: readonly Cell[];
}

/** One page taken apart. */
export interface CarvedPage {
  readonly type: number;
  readonly rows: readonly CarvedRow[];
  readonly children: readonly number[];
  /** Rows whose overflow pages cannot be read, by rowid. */
  readonly broken: readonly number[];
  readonly overflow: readonly number[];
}

/** Takes a b-tree page apart; null if it is none. */
export function carvePage(source: PageSource, number: number): CarvedPage | null {
  const page = source.page(number);
  if (page === null) return null;
  const head = number === 1 ? 100 : 0;
  const type = page[head] ?? 0;
  const interior = type === TABLE_INTERIOR || type === INDEX_INTERIOR;
  if (!interior && type !== TABLE_LEAF && type !== INDEX_LEAF) return null;
  const count = page.readUInt16BE(head + 3);
  const pointers = head + (interior ? 12 : 8);
  const rows: CarvedRow[] = [];
  const children: number[] = interior ? [page.readUInt32BE(head + 8)] : [];
  const broken: number[] = [];
  const overflow: number[] = [];
  for (let each = 0; each < count; each++) {
    const cursor = { page, at: page.readUInt16BE(pointers + 2 * each) };
    if (interior) {
      children.push(page.readUInt32BE(cursor.at));
      cursor.at += 4;
    }
    if (type === TABLE_INTERIOR) continue;
    let rowid = 0;
    try {
      const length = varint(cursor);
      if (type === TABLE_LEAF) rowid = varint(cursor);
      const payload = whole(source, cursor, length, type === TABLE_LEAF, overflow);
      if (payload === null) broken.push(rowid);
      else rows.push({ rowid, values: record(payload) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      broken.push(rowid);
    }
  }
  return { type, rows, children, broken, overflow };
}

interface Cursor {
  readonly page: Buffer;
  at: number;
}

function varint(cursor: Cursor): number {
  let number = 0n;
  for (let index = 0; index < 9; index++) {
    const byte = cursor.page.readUInt8(cursor.at++);
    if (index === 8) return Number(BigInt.asIntN(64, (number << 8n) | BigInt(byte)));
    number = (number << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) break;
  }
  return Number(number);
}

// A payload, its overflow pages included; null if one of them cannot be read.
function whole(
  source: PageSource,
  { page, at }: Cursor,
  length: number,
  table: boolean,
  visited: number[],
): Buffer | null {
  const most = table ? USABLE_SIZE - 35 : Math.floor(((USABLE_SIZE - 12) * 64) / 255) - 23;
  if (length <= most) return page.subarray(at, at + length);
  const least = Math.floor(((USABLE_SIZE - 12) * 32) / 255) - 23;
  const even = least + ((length - least) % (USABLE_SIZE - 4));
  const local = even <= most ? even : least;
  const parts = [page.subarray(at, at + local)];
  let left = length - local;
  let next = page.readUInt32BE(at + local);
  while (left > 0) {
    const more = source.page(next);
    if (more === null) return null;
    visited.push(next);
    parts.push(more.subarray(4, 4 + Math.min(left, USABLE_SIZE - 4)));
    left -= USABLE_SIZE - 4;
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function record(payload: Buffer): Cell[] {
  const header = { page: payload, at: 0 };
  const end = varint(header);
  const values: Cell[] = [];
  let at = end;
  while (header.at < end) {
    const serial = varint(header);
    const size = SIZES[serial] ?? (serial >= 12 ? Math.floor((serial - 12) / 2) : 0);
    if (at + size > payload.length) throw new RangeError("a record is cut short");
    values.push(value(serial, payload.subarray(at, at + size)));
    at += size;
  }
  return values;
}

const SIZES: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function value(serial: number, content: Buffer): Cell {
  if (serial === 0) return null;
  if (serial === 8 || serial === 9) return serial - 8;
  if (serial === 7) return content.readDoubleBE(0);
  if (serial === 6) return Number(content.readBigInt64BE(0));
  if (serial < 6) return content.readIntBE(0, content.length);
  return serial % 2 === 0 ? Buffer.from(content) : content.toString("utf8");
}
