import type { PageEntry } from "./page.ts";

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
  add(entries: readonly PageEntry[]): void;
}

interface Version {
  readonly version: string;
  readonly at: number;
}

/** Remembers at most `limit` resources, dropping the older half when full. */
export function createRecent(limit: number): Recent {
  let young = new Map<string, Version>();
  let old = new Map<string, Version>();

  const known = ({ type, id }: PageEntry): Version | undefined =>
    id === null ? undefined : (young.get(`${type}/${id}`) ?? old.get(`${type}/${id}`));

  return {
    has(entry) {
      const held = known(entry);
      return (
        held !== undefined &&
        held.version === entry.version &&
        held.at === Date.parse(entry.lastUpdated ?? "")
      );
    },
    overtaken(entry, answeredAt, overlapMs) {
      const held = known(entry);
      return (
        held !== undefined &&
        Date.parse(entry.lastUpdated ?? "") < held.at &&
        Math.abs(Date.parse(answeredAt) - held.at) < overlapMs
      );
    },
    add(entries) {
      for (const { type, id, version, lastUpdated } of entries) {
        const at = Date.parse(lastUpdated ?? "");
        // Without a version nothing can be told apart, and everything is received.
        if (id !== null && version !== null && !Number.isNaN(at))
          young.set(`${type}/${id}`, { version, at });
      }
      if (young.size >= limit / 2) {
        old = young;
        young = new Map();
      }
    },
  };
}
