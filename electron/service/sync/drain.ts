import type { Unsent } from "../../../shared/contract/index.ts";
import { createRemaining } from "./remaining.ts";

/** Fewer than these are gone before anybody could read how many are left. */
const WORTH_SAYING = 20;

export interface Drain {
  /** How many acts wait, now; what is charted meanwhile makes the whole larger, never the part that is done smaller. */
  look(waiting: number, isUp: boolean): Unsent["drain"];
}

/** Progress of an outbox that empties after an outage, read from its length alone. */
export function createDrain(monotonic: () => number): Drain {
  let before: number | null = null;
  let done = 0;
  let remaining = createRemaining();

  return {
    look(waiting, isUp) {
      const gone = before === null ? 0 : Math.max(before - waiting, 0);
      before = waiting;
      if (!isUp || waiting === 0) {
        done = 0;
        remaining = createRemaining();
        return null;
      }
      done += gone;
      const total = done + waiting;
      const secondsLeft = remaining.look({ at: monotonic(), done, total });
      return total < WORTH_SAYING ? null : { done, total, secondsLeft };
    },
  };
}
