/** Hints, never data. */
export type SyncChange =
  | { readonly kind: "connection" }
  /** Null: anything may have changed. */
  | { readonly kind: "records"; readonly patients: readonly string[] | null }
  | { readonly kind: "outbox" };

export interface SyncTimers {
  /** Calls back once after `ms`; answers how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

/** Several hints of a kind within this time are one: a page that is slow to ask again must not be flooded. */
const COALESCE_MS = 200;
/**
 * While changes do not end (a first sync) the page asks again no oftener than this: it drew its board five times a second, and
 * whoever took her badge meanwhile had to wait for that.
 */
const REST_MS = 800;

export interface Hints {
  connection(): void;
  outbox(): void;
  records(patients: readonly string[] | null): void;
  stop(): void;
}

/** Gathers hints and hands them on together. */
export function createHints(timers: SyncTimers, onChange: (change: SyncChange) => void): Hints {
  let connection = false;
  let outbox = false;
  let records: Set<string> | null = new Set();
  let waiting: (() => void) | null = null;
  let resting: (() => void) | null = null;

  const flush = (): void => {
    waiting = null;
    resting?.();
    resting = timers.after(REST_MS, rested);
    const told = { connection, outbox, records };
    connection = false;
    outbox = false;
    records = new Set();
    if (told.connection) onChange({ kind: "connection" });
    if (told.outbox) onChange({ kind: "outbox" });
    if (told.records === null) onChange({ kind: "records", patients: null });
    else if (told.records.size > 0) onChange({ kind: "records", patients: [...told.records] });
  };
  function rested(): void {
    resting = null;
    if (connection || outbox || records === null || records.size > 0) flush();
  }
  const soon = (): void => {
    waiting ??= timers.after(COALESCE_MS, flush);
  };
  const inTime = (): void => {
    if (resting === null) soon();
  };
  return {
    connection() {
      connection = true;
      inTime();
    },
    // What she just did is never kept back.
    outbox() {
      outbox = true;
      soon();
    },
    records(patients) {
      if (patients === null) records = null;
      else for (const patient of patients) records?.add(patient);
      inTime();
    },
    stop() {
      waiting?.();
      resting?.();
    },
  };
}
