import { firstHash, secondHash } from "../store/index.ts";
import type { PageEntry } from "./page.ts";

/** What tells a version, without what it says. */
export type Seen = Pick<PageEntry, "type" | "id" | "version" | "lastUpdated">;

/** Requests run side by side for at most this long; an older version that comes later than that is no race. */
export const OVERTAKING_MS = 60_000;

/** Versions so new that an answer from before them may still come. */
export function newIn(entries: readonly PageEntry[], answeredAt: string): Seen[] {
  const from = Date.parse(answeredAt) - OVERTAKING_MS;
  return entries.flatMap(({ type, id, version, lastUpdated }) =>
    Date.parse(lastUpdated ?? "") > from ? [{ type, id, version, lastUpdated }] : [],
  );
}

/** Versions this thread has committed lately. Forgotten with the thread: what is forgotten is merely received again. */
export interface Recent {
  /** The very version is already committed: the overlap's repeats need cost no disk. */
  has(entry: PageEntry): boolean;
  /**
   * A newer version is already committed, and the answer is so early that it can only have been overtaken by it: two
   * requests ran side by side. An older version that comes *later* is the HIS's own word (a restored backup). SECURITY: so
   * is one that comes long before the date of a version that dated itself ahead, and would silence every later one.
   */
  overtaken(entry: PageEntry, answeredAt: string, overlapMs: number): boolean;
  add(entries: readonly Seen[]): void;
}

interface Version {
  readonly version: number;
  readonly at: number;
}

/** Remembers at most `limit` resources, dropping the older half when full. */
export function createRecent(limit: number): Recent {
  let young = createVersions(limit / 2);
  let old: Versions | null = null;

  const known = ({ type, id }: PageEntry): Version | null =>
    id === null ? null : (young.get(`${type}/${id}`) ?? old?.get(`${type}/${id}`) ?? null);

  return {
    has(entry) {
      const held = known(entry);
      return (
        held !== null &&
        entry.version !== null &&
        held.version === firstHash(entry.version) &&
        held.at === Date.parse(entry.lastUpdated ?? "")
      );
    },
    overtaken(entry, answeredAt, overlapMs) {
      const held = known(entry);
      return (
        held !== null &&
        Date.parse(entry.lastUpdated ?? "") < held.at &&
        Math.abs(Date.parse(answeredAt) - held.at) < overlapMs
      );
    },
    add(entries) {
      for (const { type, id, version, lastUpdated } of entries) {
        const at = Date.parse(lastUpdated ?? "");
        // Without a version nothing can be told apart, and everything is received.
        if (id === null || version === null || Number.isNaN(at)) continue;
        if (young.size >= limit / 2) {
          old = young;
          young = createVersions(limit / 2);
        }
        young.set(`${type}/${id}`, { version: firstHash(version), at });
      }
    },
  };
}

interface Versions {
  get(key: string): Version | null;
  set(key: string, version: Version): void;
  readonly size: number;
}

/**
 * Twenty bytes a place instead of the 170 of names as strings: of a ward of 1,000 beds the memory is always full. A name is
 * told by 64 bits, and a repeat by its version and its time besides.
 */
function createVersions(most: number): Versions {
  // Half empty at most, so that runs of taken places stay short.
  const places = 2 ** Math.ceil(Math.log2(Math.max(most, 1) * 2));
  const names = new Uint32Array(places * 2);
  const versions = new Uint32Array(places);
  const times = new Float64Array(places).fill(Number.NaN);
  let size = 0;

  const isFree = (place: number): boolean => Number.isNaN(times[place]);

  /** The place of this very name, or the free one where it belongs. */
  function placeOf(first: number, second: number): number {
    let at = first & (places - 1);
    while (!isFree(at) && !(names[2 * at] === first && names[2 * at + 1] === second))
      at = (at + 1) & (places - 1);
    return at;
  }

  return {
    get size() {
      return size;
    },
    get(key) {
      const at = placeOf(firstHash(key), secondHash(key));
      return isFree(at) ? null : { version: versions[at] ?? 0, at: times[at] ?? Number.NaN };
    },
    set(key, { version, at: time }) {
      const [first, second] = [firstHash(key), secondHash(key)];
      const at = placeOf(first, second);
      if (isFree(at)) size += 1;
      names[2 * at] = first;
      names[2 * at + 1] = second;
      versions[at] = version;
      times[at] = time;
    },
  };
}
