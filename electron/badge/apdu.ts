/** One command and its answer, both as bytes: `transmit` of a connected card. */
export type Transmit = (command: Uint8Array) => Promise<Buffer>;

/** The card answered, and not with 9000. */
export class CardRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the card answered ${status.toString(16)}`);
    this.name = "CardRefused";
    this.status = status;
  }
}

/** An answer without even a status: the card went in the middle of it, or is broken. */
export class NoAnswer extends Error {
  constructor() {
    super("the card gave no answer");
    this.name = "NoAnswer";
  }
}

const OK = 0x9000;
/** 61xx: xx more bytes wait; 6Cxx: ask again for xx bytes (ISO 7816-4, section 5.6). */
const MORE = 0x61;
const WRONG_LENGTH = 0x6c;
const CHAINED = 0x10;
const GET_RESPONSE = [0x00, 0xc0, 0x00, 0x00] as const;
/** A short command carries up to 255 bytes; longer data goes in a chain (NIST SP 800-73-4 part 2, section 2.3). */
const PIECE = 255;
/** No PIV answer is near as long: a card that never ends its answer is refused. */
const LONGEST = 32_768;
const T0 = 1;

export interface Command {
  /** CLA, INS, P1, P2. */
  readonly header: readonly [number, number, number, number];
  readonly data?: Uint8Array;
}

/**
 * Sends a command, in a chain where its data is long, and gathers its answer. Throws `CardRefused` unless it ends in 9000, `NoAnswer` where there
 * is none.
 * Under T=0 a command that carries data goes without Le: the card says itself that an answer waits (ISO 7816-3, 12.2.5).
 */
export async function ask(
  transmit: Transmit,
  protocol: number,
  { header, data }: Command,
): Promise<Buffer> {
  const [cla, ...rest] = header;
  let left = data ?? new Uint8Array();
  while (left.length > PIECE) {
    const piece = left.subarray(0, PIECE);
    await exchange(transmit, Buffer.from([cla | CHAINED, ...rest, PIECE, ...piece]));
    left = left.subarray(PIECE);
  }
  const body = left.length === 0 ? [] : [left.length, ...left];
  const le = left.length > 0 && protocol === T0 ? [] : [0];
  return exchange(transmit, Buffer.from([...header, ...body, ...le]));
}

async function exchange(transmit: Transmit, command: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  let next = command;
  let askedAgain = false;
  for (;;) {
    const answer = await transmit(next);
    if (answer.length < 2) throw new NoAnswer();
    const part = answer.subarray(0, -2);
    const status = answer.readUInt16BE(answer.length - 2);
    parts.push(part);
    length += part.length;
    if (status === OK) return Buffer.concat(parts);
    if (length > LONGEST) throw new CardRefused(status);
    const [high, low] = [status >>> 8, status & 0xff];
    if (high === MORE) next = Buffer.from([...GET_RESPONSE, low]);
    else if (high === WRONG_LENGTH && !askedAgain) {
      askedAgain = true;
      next = Buffer.from([...next.subarray(0, -1), low]);
    } else throw new CardRefused(status);
  }
}
