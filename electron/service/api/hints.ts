import type { Hint, StatusView } from "../../../shared/contract/index.ts";

/** How long hints are gathered before they leave: one repaint of a screen, not one a resource. */
const GATHER_MS = 150;

/** Gathers what changed and tells every page once; a slow page gets one coalesced answer, never a queue. */
export interface Hints {
  status(): void;
  records(patients: readonly string[] | null, beds?: boolean): void;
  outbox(): void;
  /** A page's live events; ends when `signal` aborts. The first event is the status as it is now. */
  subscribe(signal: AbortSignal | undefined): AsyncGenerator<Hint, void, void>;
}

interface Pending {
  status: boolean;
  outbox: boolean;
  /** Null: anything may have changed. */
  patients: Set<string> | null;
  beds: boolean;
  wake: (() => void) | null;
}

const nothing = (): Omit<Pending, "wake"> => ({
  status: false,
  outbox: false,
  patients: new Set(),
  beds: false,
});

/** Makes the hints of one service. `readStatus` is asked when a status hint leaves, so that it is never stale. */
export function createHints(readStatus: () => Promise<StatusView>): Hints {
  const pages = new Set<Pending>();
  const tell = (change: (page: Pending) => void): void => {
    for (const page of pages) {
      change(page);
      page.wake?.();
    }
  };

  async function* subscribe(signal: AbortSignal | undefined): AsyncGenerator<Hint, void, void> {
    const page: Pending = { ...nothing(), status: true, wake: null };
    pages.add(page);
    const stop = (): void => page.wake?.();
    signal?.addEventListener("abort", stop);
    try {
      while (!signal?.aborted) {
        const { status, outbox, patients, beds } = page;
        Object.assign(page, nothing());
        if (status) yield { kind: "status", status: await readStatus() };
        if (outbox) yield { kind: "outbox" };
        if (patients === null) yield { kind: "records", patients: null, beds: true };
        else if (beds || patients.size > 0)
          yield { kind: "records", patients: [...patients], beds };
        const quiet = !page.status && !page.outbox && !page.beds && page.patients?.size === 0;
        if (quiet && !signal?.aborted) {
          await new Promise<void>((resolve) => {
            page.wake = resolve;
          });
          page.wake = null;
        }
        // A lock must not wait for the gathering.
        if (!signal?.aborted && !page.status) {
          await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        }
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      pages.delete(page);
    }
  }

  return {
    status: () => {
      tell((page) => {
        page.status = true;
      });
    },
    outbox: () => {
      tell((page) => {
        page.outbox = true;
      });
    },
    records: (patients, beds = false) => {
      tell((page) => {
        page.beds ||= beds;
        if (patients === null) page.patients = null;
        else for (const patient of patients) page.patients?.add(patient);
      });
    },
    subscribe,
  };
}
