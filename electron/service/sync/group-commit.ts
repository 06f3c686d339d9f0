/**
 * Commits what comes close together in one transaction. A commit waits for the disk, so that pages which arrived while
 * it waited go together in the next one. Each caller learns of its own: a group that fails is tried one by one.
 */
export function groupCommit<T>(
  commitAll: (group: readonly T[]) => void,
): (item: T) => Promise<void> {
  type Waiting = { readonly item: T; resolve(): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];

  const flush = (): void => {
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
      // Not at once: other pages are being sealed beside this one.
      if (waiting.length === 1) setImmediate(() => setImmediate(flush));
    });
}
