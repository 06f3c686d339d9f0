import { firstHash, secondHash } from "./name-hash.ts";

/** Which version of which id a section holds now. */
export interface Held {
  readonly size: number;
  has(id: string): boolean;
  /** This id in this very version. */
  hasAt(id: string, stamp: string): boolean;
  set(id: string, stamp: string): void;
  /** False when it was not held. */
  delete(id: string): boolean;
}

/** Words of a place: an id's two hashes, and its version's. */
const WORDS = 4;
const SMALLEST = 4;
/** Above this fill, runs of taken places grow long. */
const FILL = 0.75;

/**
 * Sixteen bytes a place instead of the 150 of names as strings: a ward of 1,000 beds holds 250,000 ids. Ids and versions are
 * told apart by 64 bits each; that two of one section share both is less likely than a disk that errs.
 */
export function heldSection(): Held {
  let words = new Uint32Array(SMALLEST * WORDS);
  let size = 0;

  /** The place of this id, or the free one where it belongs. No id's first hash counts as 0: that is a free place. */
  function placeOf(first: number, second: number): number {
    const places = words.length / WORDS;
    let at = first & (places - 1);
    while (
      words[at * WORDS] !== 0 &&
      !(words[at * WORDS] === first && words[at * WORDS + 1] === second)
    )
      at = (at + 1) & (places - 1);
    return at * WORDS;
  }

  const find = (id: string): number => placeOf(firstHash(id) || 1, secondHash(id));

  /** All that is held once more, in so many places, but for what lies at `without`. */
  function relaid(places: number, without = -1): void {
    const before = words;
    words = new Uint32Array(places * WORDS);
    for (let at = 0; at < before.length; at += WORDS) {
      if (before[at] === 0 || at === without) continue;
      words.set(before.subarray(at, at + WORDS), placeOf(before[at] ?? 0, before[at + 1] ?? 0));
    }
  }

  return {
    get size() {
      return size;
    },
    has: (id) => words[find(id)] !== 0,
    hasAt(id, stamp) {
      const at = find(id);
      return (
        words[at] !== 0 && words[at + 2] === firstHash(stamp) && words[at + 3] === secondHash(stamp)
      );
    },
    set(id, stamp) {
      const places = words.length / WORDS;
      if (size + 1 > places * FILL) relaid(places * 2);
      const at = find(id);
      if (words[at] === 0) size += 1;
      words.set([firstHash(id) || 1, secondHash(id), firstHash(stamp), secondHash(stamp)], at);
    },
    delete(id) {
      const at = find(id);
      if (words[at] === 0) return false;
      // Rare enough that closing the gap by laying all anew is not worth more thought.
      relaid(words.length / WORDS, at);
      size -= 1;
      return true;
    },
  };
}
