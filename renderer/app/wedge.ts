/**
 * A keyboard-wedge reader types a badge's number and Enter, far faster than a hand. This tells the two apart by time alone:
 * it looks at keys, never at fields.
 */
export interface Burst {
  readonly text: string;
  /** Milliseconds of the event's clock. */
  readonly at: number;
  /** How many of its gaps no hand can make. */
  readonly fast: number;
  /** Its one longer gap is spent. */
  readonly hiccup: boolean;
}
export const noBurst: Burst = { text: "", at: Number.NEGATIVE_INFINITY, fast: 0, hiccup: false };

/** Between two keys of a reader; a fast hand needs at least 60 ms, and the repeat of a held key is not a new key. */
const GAP_MS = 40;
/** A busy PC may once stall for this long in the middle of a tap; the number must not be cut in two by it. */
const HICCUP_MS = 200;
const FAST_BEFORE_HICCUP = 2;
const SHORTEST = 6;
const LONGEST = 64;
/** After so many gaps that no hand can make it cannot be a hand any more. */
const SURE_FROM = 3;

export interface Key {
  readonly key: string;
  /** The place of the key, whatever language the keyboard is set to (UI Events, `code`). */
  readonly code: string;
  readonly at: number;
  readonly repeat: boolean;
  readonly shift: boolean;
  /** Ctrl, Alt or Meta is held. */
  readonly chord: boolean;
}

/**
 * The burst after one more key. `swallow`: the key must not reach the page. `badge`: the number that a reader has just typed.
 * `begins`: this key may be the first of a burst, so what it falls into should be remembered.
 */
export function wedgeKey(
  before: Burst,
  key: Key,
): {
  readonly burst: Burst;
  readonly swallow: boolean;
  readonly begins: boolean;
  readonly badge: string | null;
} {
  const gap = key.at - before.at;
  const fast = gap < GAP_MS;
  const hiccup = !fast && gap < HICCUP_MS && !before.hiccup && before.fast >= FAST_BEFORE_HICCUP;
  const goesOn = fast || hiccup;
  if (key.key === "Shift" || key.key === "CapsLock")
    return { burst: before, swallow: false, begins: false, badge: null };
  if (key.key === "Enter") {
    const { text } = before;
    const badge = goesOn && !key.repeat && text.length >= SHORTEST && text.length <= LONGEST;
    return { burst: noBurst, swallow: badge, begins: false, badge: badge ? text : null };
  }
  const typed = key.repeat || key.chord ? null : character(key);
  if (typed === null) return { burst: noBurst, swallow: false, begins: false, badge: null };
  const start = goesOn ? before : noBurst;
  const burst: Burst = {
    text: (start.text + typed).slice(0, LONGEST + 1),
    at: key.at,
    fast: start.fast + (fast ? 1 : 0),
    hiccup: start.hiccup || hiccup,
  };
  return { burst, swallow: burst.fast >= SURE_FROM, begins: !goesOn, badge: null };
}

/**
 * What the reader meant: readers type as on a US keyboard, so with the keyboard set to Arabic the place of the key tells it.
 * Null: not a printable key.
 */
function character(key: Key): string | null {
  if (/^[\u0020-\u007E]$/u.test(key.key)) return key.key;
  if (key.key.length > 2 && key.key !== "Unidentified") return null;
  const [, place] = /^(?:Key|Digit|Numpad)([A-Z0-9])$/u.exec(key.code) ?? [];
  return (key.shift ? place : place?.toLowerCase()) ?? null;
}
