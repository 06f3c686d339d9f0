/** Bytes of every key this PC makes: the vault's, and the purpose keys from it. */
const KEY_BYTES = 32;

type Fill = (value: number, start?: number, end?: number) => Uint8Array;

/** Keys that were zeroed, as hex, in their order. */
export interface Zeroed {
  /** The moment of the last one. */
  readonly at: number;
  readonly keys: readonly string[];
}

/**
 * Listens where keys are zeroed in this thread: `fill(0)` over a whole array of 32 bytes that held something. Between
 * `arm` and `heard` all of them are kept.
 */
export function watchKeys(now: () => number) {
  let at = 0;
  let keys: string[] | null = null;
  const arrays = Object.getPrototypeOf(Uint8Array.prototype) as { fill: Fill };
  const { fill } = arrays;
  arrays.fill = function watched(this: Uint8Array, value, start, end) {
    const whole = value === 0 && start === undefined && this.length === KEY_BYTES;
    if (keys !== null && whole && this instanceof Uint8Array && this.some((byte) => byte !== 0)) {
      keys.push(hex(this));
      fill.call(this, value);
      at = now();
      return this;
    }
    return fill.call(this, value, start, end);
  };
  return {
    arm(): void {
      keys = [];
    },
    heard(): Zeroed {
      const heard = { at, keys: keys ?? [] };
      keys = null;
      return heard;
    },
  };
}

/** Digit by digit: a copy of the bytes would be a key in memory of our own making. */
function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
