/**
 * Which patients may hold what: eight bytes an entry, because a PC of 1,000 beds holds 250,000 resources and their names
 * alone, as strings, would take some 40 MB. It forgets no one and may name a patient too many (two ids with one hash):
 * who asks looks in the chart before he believes it.
 */
export interface CompactIndex {
  add(key: string, owner: number): void;
  /** Owners that were added under this key, and perhaps others. */
  of(key: string): readonly number[];
  readonly size: number;
}

const SMALLEST = 1024;
/** Above this fill, runs of taken places grow long. */
const FILL = 0.7;
const NOBODY: readonly number[] = [];

/** Open addressing with linear probing; an entry's own hash is kept, and owner 0 means an empty place. */
export function createCompactIndex(): CompactIndex {
  let hashes = new Uint32Array(SMALLEST);
  let owners = new Uint32Array(SMALLEST);
  let size = 0;

  /** The place of this very entry, or the empty one where it belongs. */
  function placeOf(hash: number, owner: number): number {
    const mask = hashes.length - 1;
    let at = hash & mask;
    while (owners[at] !== 0 && !(hashes[at] === hash && owners[at] === owner)) at = (at + 1) & mask;
    return at;
  }

  function grow(): void {
    const [oldHashes, oldOwners] = [hashes, owners];
    hashes = new Uint32Array(oldHashes.length * 2);
    owners = new Uint32Array(oldOwners.length * 2);
    for (const [index, owner] of oldOwners.entries()) {
      if (owner === 0) continue;
      const hash = oldHashes[index] ?? 0;
      const at = placeOf(hash, owner);
      hashes[at] = hash;
      owners[at] = owner;
    }
  }

  return {
    get size() {
      return size;
    },
    add(key, owner) {
      if (size >= hashes.length * FILL) grow();
      const hash = hashOf(key);
      const at = placeOf(hash, owner + 1);
      if (owners[at] !== 0) return;
      hashes[at] = hash;
      owners[at] = owner + 1;
      size += 1;
    },
    of(key) {
      const hash = hashOf(key);
      const mask = hashes.length - 1;
      let found: number[] | null = null;
      for (let at = hash & mask; ; at = (at + 1) & mask) {
        const owner = owners[at] ?? 0;
        if (owner === 0) return found ?? NOBODY;
        if (hashes[at] === hash) (found ??= []).push(owner - 1);
      }
    },
  };
}

/** 32-bit FNV-1a (draft-eastlake-fnv), mixed once more so that the low bits, which choose the place, are good ones. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
