/** A group this large is committed without waiting for more. */
const FULL = 64;

/** What makes a group full besides its number. */
export interface Weight<T> {
  readonly of: (item: T) => number;
  readonly full: number;
}
/** What comes this many gathering times after the last commit is alone. */
const QUIET = 5;

/**
 * Commits what comes close together in one transaction, because a commit waits for the disk whatever is in it. What comes
 * out of the quiet is committed at once; what follows waits up to `gatherMs` for more, but only while more keeps coming. Each caller learns of its own: a
 * group that fails is tried one by one. `isAwaited`: nothing else comes before this one is committed, so do not wait for more.
 */
export function groupCommit<T>(
  commitAll: (group: readonly T[]) => void,
  options: {
    readonly gatherMs: number;
    /** When nothing has come for so long, nothing is waited for; without it `gatherMs` alone counts. */
    readonly lullMs?: number;
    readonly weight?: Weight<T>;
    /** Monotonic milliseconds. */
    readonly tick: () => number;
  },
): (item: T, isAwaited?: boolean) => Promise<void> {
  type Waiting = { readonly item: T; resolve(): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let weight = 0;
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  let lull: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    if (lull !== null) clearTimeout(lull);
    timer = null;
    lull = null;
    const group = waiting;
    waiting = [];
    weight = 0;
    try {
      commitAll(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const each of group) alone(each);
    }
    last = options.tick();
  };
  const alone = ({ item, resolve, reject }: Waiting): void => {
    try {
      commitAll([item]);
      resolve();
    } catch (error) {
      reject(error);
    }
  };
  return async (item, isAwaited = false) =>
    await new Promise<void>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      weight += options.weight?.of(item) ?? 0;
      const isHeavy = options.weight !== undefined && weight >= options.weight.full;
      const isAlone = timer === null && options.tick() - last > QUIET * options.gatherMs;
      if (waiting.length >= FULL || isHeavy || isAlone || isAwaited) flush();
      else {
        timer ??= setTimeout(flush, options.gatherMs);
        if (lull !== null) lull.refresh();
        else if (options.lullMs !== undefined) lull = setTimeout(flush, options.lullMs);
      }
    });
}
