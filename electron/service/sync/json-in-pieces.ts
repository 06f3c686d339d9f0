const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
/** More than any page has. SECURITY: of an answer that is made to hold millions nothing is noted down beside what it says. */
const MOST = 10_000;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** An object in the bytes: where it begins, where it has ended, and whether all of it is ASCII. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly ascii: boolean;
}

/**
 * What `JSON.parse` says of a JSON object in UTF-8, read piece by piece: the objects in the lists of its members (a Bundle's
 * entries) each by itself. One text of a whole page would be memory that is new to the process every time, and twice as
 * large when a single degree sign is in it. Throws `SyntaxError` exactly when `JSON.parse` would.
 */
export function parseInPieces(bytes: Buffer): unknown {
  const pieces = piecesOf(bytes);
  if (pieces.length === 0) return JSON.parse(bytes.toString());
  const values = pieces.map(({ from, to, ascii }): unknown =>
    JSON.parse(bytes.toString(ascii ? "latin1" : "utf8", from, to)),
  );
  const whole: unknown = JSON.parse(around(bytes, pieces));
  // Of a member that is there twice the last counts: so each stands for itself, by its number.
  for (const list of Object.values(whole as object))
    if (Array.isArray(list))
      for (const [at, number] of list.entries()) list[at] = values[number as number];
  return whole;
}

/** The text without its pieces: in the place of each its number, which cannot grow together with anything beside it. */
function around(bytes: Buffer, pieces: readonly Piece[]): string {
  let text = "";
  let at = 0;
  for (const [number, { from, to }] of pieces.entries()) {
    text += `${bytes.toString("utf8", at, from)} ${number} `;
    at = to;
  }
  return text + bytes.toString("utf8", at);
}

/** None when it has to be read as a whole: it is no object, or there is something else than objects in a list of its members. */
function piecesOf(bytes: Buffer): Piece[] {
  const pieces: Piece[] = [];
  const end = bytes.length;
  let depth = 0;
  let isRows = false;
  let from = 0;
  let high = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      if (isRows && depth === 2) return [];
      for (at += 1; at < end && bytes[at] !== QUOTE; at += 1) {
        const inside = bytes[at] as number;
        high |= inside;
        if (inside === BACKSLASH) at += 1;
      }
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth === 1 && byte === OPEN_LIST) return [];
      if (depth === 2) isRows = byte === OPEN_LIST;
      if (depth === 3 && isRows) {
        if (byte === OPEN_LIST) return [];
        from = at;
        high = 0;
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 3 && isRows) pieces.push({ from, to: at + 1, ascii: high < 0x80 });
      if (pieces.length > MOST) return [];
      depth -= 1;
    } else if (isRows && depth === 2 && byte !== COMMA && !isSpace(byte)) return [];
    else high |= byte;
  }
  return depth === 0 ? pieces : [];
}

/** What JSON takes for white space (RFC 8259, section 2). */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
