/** Milliseconds of a monotonic clock. */
type Monotonic = number;

/** What is known of the last input, on two clocks that each can lie. */
export interface IdleClocks {
  /** The last input the app itself saw. */
  readonly app: Monotonic;
  /** The last input by the OS's account, and when it said so; null before its first word. */
  readonly os: { readonly input: Monotonic; readonly reported: Monotonic } | null;
}

export interface IdleLimits {
  readonly idleMs: number;
  readonly warningMs: number;
}

/** An OS report older than this says nothing any more: the shell has stopped reporting, not the nurse typing. */
const STALE_MS = 10_000;

/** Both clocks start when the session opens: she has just typed her PIN. */
export function startIdle(now: Monotonic): IdleClocks {
  return { app: now, os: null };
}

export function appInput(clocks: IdleClocks, now: Monotonic): IdleClocks {
  return { ...clocks, app: Math.max(clocks.app, now) };
}

/** The OS says how long ago its last input was. Nonsense (negative, not a number) is no report. */
export function osReport(clocks: IdleClocks, seconds: number, now: Monotonic): IdleClocks {
  if (!Number.isFinite(seconds) || seconds < 0) return clocks;
  return { ...clocks, os: { input: now - seconds * 1_000, reported: now } };
}

/**
 * SECURITY: idle is the *larger* truth of the two clocks. OS idle is known to stick at 0 on some Windows builds, so it may
 * shorten a session but never lengthen one.
 */
export function idleFor(clocks: IdleClocks, now: Monotonic): number {
  const app = now - clocks.app;
  const { os } = clocks;
  return os === null || now - os.reported > STALE_MS ? app : Math.max(app, now - os.input);
}

export type IdleVerdict =
  | { readonly kind: "active"; readonly nextMs: number }
  | { readonly kind: "warning"; readonly lockInMs: number }
  | { readonly kind: "over" };

/** Whether to go on, count down or lock; `nextMs` is when to look again if nothing happens. */
export function judgeIdle(clocks: IdleClocks, limits: IdleLimits, now: Monotonic): IdleVerdict {
  const left = limits.idleMs - idleFor(clocks, now);
  if (left <= 0) return { kind: "over" };
  return left <= limits.warningMs
    ? { kind: "warning", lockInMs: left }
    : { kind: "active", nextMs: left - limits.warningMs };
}
