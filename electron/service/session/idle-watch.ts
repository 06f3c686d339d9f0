import {
  appInput,
  judgeIdle,
  osReport,
  startIdle,
  type IdleClocks,
  type IdleLimits,
} from "./idle.ts";
import type { SessionClock, SessionTimers } from "./types.ts";

/** The clocks of `idle.ts` with a timer: warns, then says that the time is over. Runs while a session is open. */
export interface IdleWatch {
  start(): void;
  stop(): void;
  input(): void;
  report(osIdleSeconds: number): void;
  /** Whether the time is up now, also when a stalled timer has not said so yet. */
  over(): boolean;
  /** While the warning counts down: when the lock will fall. */
  lockAt(): Date | null;
}

export function createIdleWatch(input: {
  readonly clock: SessionClock;
  readonly timers: SessionTimers;
  readonly limits: IdleLimits;
  /** The warning began or ended. */
  readonly onWarning: () => void;
  readonly onOver: () => void;
}): IdleWatch {
  const { clock, timers, limits } = input;
  let clocks: IdleClocks | null = null;
  let callOff: (() => void) | null = null;
  let warned = false;

  function look(): void {
    callOff?.();
    callOff = null;
    if (clocks === null) return;
    const verdict = judgeIdle(clocks, limits, clock.monotonic());
    if (verdict.kind === "over") {
      input.onOver();
      return;
    }
    callOff = timers.after(verdict.kind === "warning" ? verdict.lockInMs : verdict.nextMs, look);
    const warning = verdict.kind === "warning";
    if (warning === warned) return;
    warned = warning;
    input.onWarning();
  }

  return {
    start() {
      clocks = startIdle(clock.monotonic());
      warned = false;
      look();
    },
    stop() {
      clocks = null;
      warned = false;
      callOff?.();
      callOff = null;
    },
    input() {
      if (clocks === null) return;
      clocks = appInput(clocks, clock.monotonic());
      look();
    },
    report(seconds) {
      if (clocks === null) return;
      clocks = osReport(clocks, seconds, clock.monotonic());
      look();
    },
    over: () => clocks !== null && judgeIdle(clocks, limits, clock.monotonic()).kind === "over",
    lockAt() {
      if (clocks === null) return null;
      const verdict = judgeIdle(clocks, limits, clock.monotonic());
      if (verdict.kind !== "warning") return null;
      return new Date(clock.now().getTime() + verdict.lockInMs);
    },
  };
}
