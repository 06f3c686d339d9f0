import type { Remote } from "../store/index.ts";
import { singleFlight } from "./single-flight.ts";
import type { Applied, ChartThread } from "./types.ts";

/** Milliseconds of one call: between calls a lock, or a sign-out that closes the chart, gets through. */
const BUDGET_MS = 150;

export interface ApplyLoop {
  /** Applies until nothing waits, the chart closes, or the disk says no. Never rejects. */
  run(): Promise<void>;
  idle(): Promise<void>;
  /** Resources applied since the start. */
  applied(): number;
}

export function createApplyLoop(options: {
  readonly chart: () => Remote<ChartThread> | null;
  readonly log: (message: string) => void;
  readonly onApplied: (applied: Applied) => void;
}): ApplyLoop {
  let applied = 0;
  const loop = singleFlight(async () => {
    try {
      for (let chart = options.chart(); chart !== null; chart = options.chart()) {
        const done = await chart.applyInbox(BUDGET_MS);
        applied += done.resources;
        if (done.pages > 0 || done.alarms.length > 0) options.onApplied(done);
        if (done.pages === 0 || done.remaining === 0) return;
      }
    } catch (error) {
      // The chart was closed under us, or the disk is full: the pages stay in the inbox.
      options.log(`apply: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return { run: loop, idle: loop.idle, applied: () => applied };
}
