/** How much of a long piece of work is done, and when. */
export interface WorkPoint {
  /** Milliseconds by a clock that nobody sets. */
  readonly at: number;
  readonly done: number;
  readonly total: number;
}

/** Speed is judged over this long: shorter and one slow page makes it jump, longer and it does not notice a recovery. */
const WINDOW_MS = 60_000;
/** Before this much has been seen nothing is said: a first guess that is wrong by a factor is worse than none. */
const LEAST_MS = 3_000;
const LEAST_STEPS = 4;
/** Between two looks what is said moves by no more than this factor, beyond the time that has passed. */
const GREATEST_LEAP = 1.5;
/** A time left beyond this is no help to anybody. */
const LONGEST_SECONDS = 24 * 3_600;

export interface Remaining {
  /** Tells how far the work is; answers seconds left, rounded as it will be said, or null when it cannot be told. */
  look(point: WorkPoint): number | null;
}

/**
 * Time left of long work, robust rather than exact: the speed is the mean over the last minute, and what is said never leaps.
 * Work that begins anew (a smaller `done`, another kind) is judged anew.
 */
export function createRemaining(): Remaining {
  let seen: WorkPoint[] = [];
  let said: { readonly at: number; readonly seconds: number } | null = null;

  return {
    look(point) {
      const last = seen.at(-1);
      if (last !== undefined && (point.done < last.done || point.at < last.at)) {
        seen = [];
        said = null;
      }
      seen.push(point);
      // The oldest look beyond the window stays, so that a window is always spanned.
      while (seen.length > 2 && point.at - (seen[1]?.at ?? 0) >= WINDOW_MS) seen.shift();
      const first = seen[0] ?? point;
      const took = point.at - first.at;
      const steps = point.done - first.done;
      const left = point.total - point.done;
      if (left <= 0 || took < LEAST_MS || steps < LEAST_STEPS) return null;
      const seconds = calmed(((left / steps) * took) / 1_000, point.at);
      said = { at: point.at, seconds };
      return seconds > LONGEST_SECONDS ? null : rounded(seconds);
    },
  };

  function calmed(seconds: number, at: number): number {
    if (said === null) return seconds;
    const expected = Math.max(said.seconds - (at - said.at) / 1_000, 1);
    return Math.min(Math.max(seconds, expected / GREATEST_LEAP), expected * GREATEST_LEAP);
  }
}

/** As a person would say it: never "0 s", in steps that do not flicker. */
export function rounded(seconds: number): number {
  const step = seconds < 60 ? 10 : seconds < 600 ? 60 : seconds < 3_600 ? 300 : 1_800;
  return Math.max(Math.ceil(seconds / step) * step, 10);
}
