/** Hints, never data. */
export type SyncChange =
  | { readonly kind: "connection" }
  /** Null: anything may have changed. `beds`: who lies where, or what belongs to no patient, changed too. */
  | {
      readonly kind: "records";
      readonly patients: readonly string[] | null;
      readonly beds: boolean;
    }
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
  records(patients: readonly string[] | null, beds?: boolean): void;
  stop(): void;
}

/** Gathers hints and hands them on together. */
export function createHints(timers: SyncTimers, onChange: (change: SyncChange) => void): Hints {
  let connection = false;
  let outbox = false;
  let records: Set<string> | null = new Set();
  let beds = false;
  let waiting: (() => void) | null = null;
  let resting: (() => void) | null = null;

  const flush = (): void => {
    waiting = null;
    resting?.();
    resting = timers.after(REST_MS, rested);
    const told = { connection, outbox, records, beds };
    connection = false;
    outbox = false;
    records = new Set();
    beds = false;
    if (told.connection) onChange({ kind: "connection" });
    if (told.outbox) onChange({ kind: "outbox" });
    if (told.records === null) onChange({ kind: "records", patients: null, beds: true });
    else if (told.beds || told.records.size > 0)
      onChange({ kind: "records", patients: [...told.records], beds: told.beds });
  };
  function rested(): void {
    resting = null;
    if (connection || outbox || beds || records === null || records.size > 0) flush();
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
    records(patients, withBeds = false) {
      beds ||= withBeds;
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
