/**
 * What time it is, believed no further than it can be. Expiries and limits count time that has *provably* passed: what an
 * authenticated answer of the HIS said, carried on by the monotonic clock. This PC's wall clock only ever speaks for time
 * that no other clock saw (switched off, asleep), and only when what it says is plausible.
 *
 * So nothing expires because somebody set a clock: an unexplained jump, in either direction, makes time doubtful, and the
 * time counted stays the lower bound.
 */
export interface TrustedTime {
  /** The time that has provably come, in milliseconds since 1970. Never goes back. */
  now(monotonic: number): number;
  /** Why this PC's clocks cannot be reconciled; null when they can. */
  doubt(wall: number, monotonic: number): TimeDoubt | null;
  /**
   * An authenticated answer of the HIS gave this time. It moves time on only where the wall clock agrees with it; where it
   * agrees with what was counted it is believed and moves nothing, or many small lies would add up; alone against both
   * clocks it is doubted, for the HIS is an attacker's likeliest seat.
   */
  hear(his: number, wall: number, monotonic: number): void;
  /** The PC slept, and the monotonic clock with it: the wall clock tells how long, if that is plausible. */
  slept(wall: number, monotonic: number): void;
  /** When the HIS was last heard and believed; null before. */
  heard(): number | null;
  /** What to keep over a restart. */
  keep(monotonic: number): TimeKept;
}

export interface TimeKept {
  readonly certain: number;
  readonly heard: number | null;
}

export type TimeDoubt =
  /** The wall clock stands before the time that has provably come. */
  | "clock-behind"
  /** The wall clock is ahead of all that can be explained. */
  | "clock-ahead"
  /** The HIS says a time that neither clock knows of. */
  | "his-disagrees";

/** Clocks drift and people set them: what differs by less is the same time. */
export const TOLERANCE_MS = 10 * 60_000;
/** How long a ward PC may have been off or asleep on its wall clock's word alone. */
export const LONGEST_OFF_MS = 7 * 86_400_000;

/** @param kept what the run before left; null on a PC's first start, whose wall clock has to do until the HIS is heard. */
export function startTime(
  kept: TimeKept | null,
  wallAtStart: number,
  monotonicAtStart: number,
): TrustedTime {
  let base = kept?.certain ?? wallAtStart;
  let from = monotonicAtStart;
  let heard = kept?.heard ?? null;
  let disagrees = false;

  const now = (monotonic: number): number => base + Math.max(0, monotonic - from);
  const agree = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE_MS;
  const carryOn = (time: number, monotonic: number): void => {
    base = Math.max(now(monotonic), time);
    from = monotonic;
  };
  function slept(wall: number, monotonic: number): void {
    const gap = wall - now(monotonic);
    if (gap > 0 && gap <= LONGEST_OFF_MS) carryOn(wall, monotonic);
  }
  slept(wallAtStart, monotonicAtStart);

  return {
    now,
    slept,
    doubt(wall, monotonic) {
      if (disagrees) return "his-disagrees";
      const gap = wall - now(monotonic);
      if (gap < -TOLERANCE_MS) return "clock-behind";
      return gap > TOLERANCE_MS ? "clock-ahead" : null;
    },
    hear(his, wall, monotonic) {
      if (!Number.isFinite(his)) return;
      // The first word a PC ever hears is the best it has: nothing has been counted from anything certain yet.
      const first = heard === null;
      const believed = first || agree(his, now(monotonic)) || agree(his, wall);
      if (!believed) {
        disagrees = true;
        return;
      }
      disagrees = false;
      if (first && kept === null) {
        base = his;
        from = monotonic;
      } else if (agree(his, wall)) carryOn(his, monotonic);
      heard = now(monotonic);
    },
    heard: () => heard,
    keep: (monotonic) => ({ certain: now(monotonic), heard }),
  };
}
