/** A job that never runs twice at a time; asked while running, it runs once more afterwards. */
export interface SingleFlight {
  (): Promise<void>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** Makes one. `work` must not reject with what nobody handles: each caller gets the rejection of the run it waited for. */
export function singleFlight(work: () => Promise<void>): SingleFlight {
  let running: Promise<void> | null = null;
  let again: Promise<void> | null = null;

  const begin = async (): Promise<void> => {
    try {
      await work();
    } finally {
      running = null;
    }
  };
  const run = async (): Promise<void> => {
    if (running === null) {
      running = begin();
      return await running;
    }
    const current = running;
    again ??= (async () => {
      await current.catch(() => {});
      again = null;
      await run();
    })();
    return await again;
  };
  return Object.assign(run, {
    async idle() {
      while (running !== null || again !== null) await Promise.allSettled([running, again]);
    },
  });
}
