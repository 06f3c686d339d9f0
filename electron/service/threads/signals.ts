/**
 * What the event loop tells a thread that is at work: a message would be heard only after the work under way. Shared memory;
 * first whether its file is to be closed, then how often somebody has gone.
 */
export type Signals = Int32Array<SharedArrayBuffer>;

const CLOSING = 0;
const LOCKS = 1;

/** So long bulk stands still when somebody goes, in milliseconds: until the screen is dark. */
const STILL_MS = 80;

export function createSignals(): Signals {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** The file is to be closed, now: also if the thread stands still. */
export function tellClosing(signals: Signals): void {
  Atomics.store(signals, CLOSING, 1);
  Atomics.notify(signals, CLOSING);
}

/** Somebody goes: the processors are the screen's. */
export function tellLocked(signals: Signals): void {
  Atomics.add(signals, LOCKS, 1);
}

export function isClosing(signals: Signals): boolean {
  return Atomics.load(signals, CLOSING) !== 0;
}

/** Waits on the signal that the file is to be closed, so many milliseconds at most. */
type Wait = (signals: Signals, signal: number, open: number, milliseconds: number) => unknown;

/** Asked between the steps of bulk: stands still once for each lock, and answers whether the file is to be closed. */
export function closingHeard(signals: Signals, wait: Wait = waiting): () => boolean {
  let heard = Atomics.load(signals, LOCKS);
  return () => {
    const locks = Atomics.load(signals, LOCKS);
    if (locks !== heard) {
      heard = locks;
      wait(signals, CLOSING, 0, STILL_MS);
    }
    return isClosing(signals);
  };
}

const waiting: Wait = (signals, signal, open, milliseconds) =>
  Atomics.wait(signals, signal, open, milliseconds);
