/**
 * PC/SC as this process needs it: the seam between the rules (tested with a scripted reader) and the library behind
 * `pcsc-library.ts`. Every call is made on a thread of the pool, because every one of them can hang with its daemon or
 * reader, `SCardListReaders` and `SCardCancel` included.
 */
export interface Pcsc {
  establish(): Promise<Handle>;
  release(context: Handle): Promise<void>;
  /** Makes a waiting `statusChange` of this context return. */
  cancel(context: Handle): Promise<void>;
  /** Names of the readers there are; none is an empty list, not an error. */
  readers(context: Handle): Promise<readonly string[]>;
  /** Waits until one of the readers is not as `states` says, or for `timeoutMs`. */
  statusChange(
    context: Handle,
    timeoutMs: number,
    states: readonly ReaderState[],
  ): Promise<StatusChange>;
  connect(context: Handle, reader: string): Promise<Card>;
  /** Leaves the card as it is: others may be talking with it. */
  disconnect(card: Card): Promise<void>;
  begin(card: Card): Promise<void>;
  end(card: Card): Promise<void>;
  transmit(card: Card, command: Uint8Array): Promise<Buffer>;
}

/** SCARDCONTEXT or SCARDHANDLE: an opaque number. */
export type Handle = number | bigint;

export interface Card {
  readonly handle: Handle;
  /** SCARD_PROTOCOL_T0 (1) or T1 (2). */
  readonly protocol: number;
}

export interface ReaderState {
  readonly reader: string;
  /** `dwCurrentState` to ask with, `dwEventState` in an answer: flags, and in the high word a count of ins and outs. */
  readonly state: number;
}

export interface StatusChange {
  /** Milliseconds of the monotonic clock when the call returned. */
  readonly at: number;
  /** In the order asked; null when the time was up and nothing had changed. */
  readonly states: readonly ReaderState[] | null;
}

/** A call that PC/SC answered with something else than success. */
export class PcscError extends Error {
  readonly code: number;
  constructor(call: string, code: number) {
    super(`${call}: 0x${code.toString(16)}`);
    this.name = "PcscError";
    this.code = code;
  }
}

/** Return codes (winscard.h, pcsclite.h: the same numbers on every platform). */
export const CODE = {
  success: 0,
  unknownReader: 0x8010_0009,
  timeout: 0x8010_000a,
  noSmartcard: 0x8010_000c,
  readerUnavailable: 0x8010_0017,
  noService: 0x8010_001d,
  noReaders: 0x8010_002e,
  removedCard: 0x8010_0069,
} as const;

/** The card went while it was being talked to. */
export function saysCardGone(error: unknown): boolean {
  return (
    error instanceof PcscError &&
    (error.code === CODE.removedCard ||
      error.code === CODE.noSmartcard ||
      error.code === CODE.readerUnavailable ||
      error.code === CODE.unknownReader)
  );
}

/** Where the library is not installed: as a service that is never there. */
export function absentPcsc(): Pcsc {
  const noService = () => Promise.reject(new PcscError("SCardEstablishContext", CODE.noService));
  return {
    establish: noService,
    release: noService,
    cancel: noService,
    readers: noService,
    statusChange: noService,
    connect: noService,
    disconnect: noService,
    begin: noService,
    end: noService,
    transmit: noService,
  };
}
