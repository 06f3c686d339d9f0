import type { SyncTimers } from "./hints.ts";

/** What a nudge is about may be followed by more: one round sees both. */
const NUDGED_MS = 400;
/** Rounds that nudges bring are so far apart, a little less by chance. */
const NUDGED_APART_MS = 3_000;

/** Rounds that are brought forward, though never two of them in a breath: a busy ward must not be asked about all the time. */
export interface Sooner {
  /** A round begins, for whatever reason. */
  began(): void;
  /** The next one is to come soon. */
  ask(): void;
  stop(): void;
}

export function createSooner(parts: {
  readonly timers: SyncTimers;
  /** Milliseconds by a clock that nobody sets. */
  readonly monotonic: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly round: () => void;
}): Sooner {
  let cancel: (() => void) | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;
  return {
    began() {
      last = parts.monotonic();
    },
    ask() {
      if (stopped || cancel !== null) return;
      const wait = Math.max(NUDGED_MS, last + NUDGED_APART_MS - parts.monotonic());
      cancel = parts.timers.after(Math.round(wait * (0.5 + parts.random() / 2)), () => {
        cancel = null;
        parts.round();
      });
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
