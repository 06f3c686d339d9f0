/** Saves that have reached the service and are not yet on disk. */
export interface Saves {
  /** Does a save; a lock that comes meanwhile leaves it the chart and her key until it is done. */
  during<T>(save: () => Promise<T>): Promise<T>;
  /** Resolves when none is under way: at once, mostly. */
  settled(): Promise<void>;
}

/** A save asks the chart more than once before it is signed: a hard lock in between must not take chart or key from it. */
export function createSaves(): Saves {
  const under = new Set<Promise<unknown>>();
  return {
    during(save) {
      const work = save();
      under.add(work);
      void work.catch(() => undefined).finally(() => under.delete(work));
      return work;
    },
    async settled() {
      while (under.size > 0) await Promise.allSettled(under);
    },
  };
}
