/** A group this large is committed without waiting for more. */
const FULL = 32;

/**
 * Commits what comes close together in one transaction, because a commit waits for the disk whatever is in it. What comes
 * alone is committed at once; what comes while others are on their way waits `gatherMs` for them. Each caller learns of
 * its own: a group that fails is tried one by one.
 */
export function groupCommit<T>(
  commitAll: (group: readonly T[]) => void,
  options: {
    /** How many are on their way, those waiting here included. */
    readonly underWay: () => number;
    readonly gatherMs: number;
  },
): (item: T) => Promise<void> {
  type Waiting = { readonly item: T; resolve(): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const group = waiting;
    waiting = [];
    try {
      commitAll(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const each of group) alone(each);
    }
  };
  const alone = ({ item, resolve, reject }: Waiting): void => {
    try {
      commitAll([item]);
      resolve();
    } catch (error) {
      reject(error);
    }
  };
  return async (item) =>
    await new Promise<void>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= FULL || options.underWay() <= 1) flush();
      else timer ??= setTimeout(flush, options.gatherMs);
    });
}
