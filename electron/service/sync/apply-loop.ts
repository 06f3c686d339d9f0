import type { Remote } from "../store/index.ts";
import type { SyncTimers } from "./hints.ts";
import { singleFlight } from "./single-flight.ts";
import type { Applied, ChartThread } from "./types.ts";

/** Milliseconds of one call: between calls a lock, or a sign-out that closes the chart, gets through. */
const BUDGET_MS = 150;
/** Pages that come within this time are applied together: the chart is written by the patient, not by the page. */
const GATHER_MS = 25;

export interface ApplyLoop {
  /** Applies until nothing waits, the chart closes, or the disk says no. Never rejects. */
  run(): Promise<void>;
  /** The same, a moment later and once, however often it is asked. */
  soon(): void;
  idle(): Promise<void>;
  /** Notes what was applied without the loop. */
  note(applied: Applied): void;
  /** Resources applied since the start. */
  applied(): number;
}

export function createApplyLoop(options: {
  readonly chart: () => Remote<ChartThread> | null;
  readonly timers: SyncTimers;
  readonly log: (message: string) => void;
  readonly onApplied: (applied: Applied) => void;
  /** What a call that failed had committed is known to nobody: anything may have changed. */
  readonly onFailed: () => void;
}): ApplyLoop {
  let applied = 0;
  function note(done: Applied): void {
    applied += done.resources;
    if (done.pages > 0 || done.alarms.length > 0 || done.patients?.length !== 0)
      options.onApplied(done);
  }
  const loop = singleFlight(async () => {
    try {
      for (let chart = options.chart(); chart !== null; chart = options.chart()) {
        const done = await chart.applyInbox(BUDGET_MS);
        note(done);
        if (done.pages === 0 || done.remaining === 0) return;
      }
    } catch (error) {
      // The chart was closed under us, or the disk is full: the pages stay in the inbox.
      options.log(`apply: ${error instanceof Error ? error.message : String(error)}`);
      if (options.chart() !== null) options.onFailed();
    }
  });
  let cancel: (() => void) | null = null;
  const run = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    await loop();
  };
  return {
    run,
    soon() {
      cancel ??= options.timers.after(GATHER_MS, () => {
        cancel = null;
        void loop();
      });
    },
    idle: loop.idle,
    note,
    applied: () => applied,
  };
}
