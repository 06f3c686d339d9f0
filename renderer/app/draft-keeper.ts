/** Sends each change of a draft to the service: the newest text only, one call at a time, never out of order. */
export interface DraftKeeper {
  /** Null: there is nothing to keep any more. */
  keep(text: string | null): void;
  /** Resolves when everything given so far has reached the service or failed. */
  settled(): Promise<void>;
}

export function createDraftKeeper(
  service: {
    readonly put: (text: string) => Promise<unknown>;
    readonly discard: () => Promise<unknown>;
  },
  tell: (kept: boolean) => void,
): DraftKeeper {
  let next: { text: string | null } | null = null;
  let running: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (next !== null) {
      const { text } = next;
      next = null;
      try {
        await (text === null ? service.discard() : service.put(text));
        tell(true);
      } catch {
        tell(false);
      }
    }
    running = null;
  }
  return {
    keep(text) {
      next = { text };
      running ??= drain();
    },
    settled: () => running ?? Promise.resolve(),
  };
}
