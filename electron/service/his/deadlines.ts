import type { ConnectionCause } from "../../../shared/contract/index.ts";

export interface Deadlines {
  readonly signal: AbortSignal;
  /** The answer began, or a piece of it came. */
  heard(): void;
  /** Which deadline passed; null while none has. */
  passed(): { readonly cause: ConnectionCause; readonly detail: string } | null;
  stop(): void;
}

/**
 * A deadline for each phase of an exchange: until the answer begins, between two pieces of it, and for the whole. A large
 * page over a slow line is not given up while it moves, and a connection that is only half open does not hold a place for
 * as long as that page would be allowed.
 */
export function startDeadlines(limits: {
  readonly deadlineMs: number;
  readonly answerMs?: number;
  readonly stallMs?: number;
}): Deadlines {
  const { deadlineMs, answerMs = deadlineMs, stallMs = deadlineMs } = limits;
  const gaveUp = new AbortController();
  let passed: ReturnType<Deadlines["passed"]> = null;
  let begun = false;

  function within(ms: number, cause: ConnectionCause, what: string): NodeJS.Timeout {
    return setTimeout(() => {
      passed ??= { cause, detail: `${what} within ${ms / 1000} s` };
      gaveUp.abort();
    }, ms);
  }

  const whole = within(deadlineMs, "slow", "no whole answer");
  let phase = within(answerMs, "silent", "no answer");
  return {
    signal: gaveUp.signal,
    heard() {
      // The same timer for every piece: an answer of thousands of pieces must not cost thousands of timers.
      if (begun) phase.refresh();
      else {
        begun = true;
        clearTimeout(phase);
        phase = within(stallMs, "slow", "its answer stopped half-way: nothing more");
      }
    },
    passed: () => passed,
    stop() {
      clearTimeout(whole);
      clearTimeout(phase);
    },
  };
}
