import type { HisClient } from "../his/index.ts";

/** Bulk work (pages of the HIS, the sealed inbox) keeps still while somebody stands at the PC and waits. */
export interface Foreground {
  /** Somebody waits now, for about so long. */
  hold(milliseconds: number): void;
  /** Resolves when nobody waits: at once, mostly. */
  calm(): Promise<void>;
  /** The service stops: nobody waits any more, and what keeps still must not keep it from ending. */
  end(): void;
}

/** What a lock takes until the page is gone; a badge, until its name is on the screen; a sign-in, until the board is there. */
export const WAITING_MS = { lock: 500, badge: 400, signIn: 1_200 } as const;

/** However often somebody taps, bulk work gets its turn after this. */
const MOST_MS = 3_000;

/**
 * A lock has to darken the screen and a sign-in has to show the board in fractions of a second, on two processors that a
 * first sync fills for minutes. What can wait, waits.
 */
export function createForeground(room: {
  /** Milliseconds. */
  readonly monotonic: () => number;
  readonly after: (milliseconds: number, call: () => void) => () => void;
}): Foreground {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  let waiting: Promise<void> | null = null;
  const ended = Promise.withResolvers<void>();
  let hasEnded = false;

  /** Milliseconds; a clock that has gone back (it should not) must not hold anything up. */
  function left(): number {
    if (hasEnded) return 0;
    const time = until - room.monotonic();
    return time > MOST_MS ? 0 : time;
  }
  async function over(): Promise<void> {
    for (let wait = left(); wait > 0; wait = left()) {
      const time = wait;
      const passed = new Promise<void>((resolve) => {
        room.after(time, resolve);
      });
      await Promise.race([passed, ended.promise]);
    }
    waiting = null;
  }

  return {
    hold(milliseconds) {
      const now = room.monotonic();
      if (now >= until) from = now;
      until = Math.max(until, Math.min(now + milliseconds, from + MOST_MS));
    },
    calm() {
      if (left() <= 0) return Promise.resolve();
      return (waiting ??= over());
    },
    end() {
      hasEnded = true;
      ended.resolve();
    },
  };
}

/** A HIS client whose reading keeps still: questions wait before they are asked, and answers before they are read. */
export function calmly(his: HisClient, calm: Foreground["calm"]): HisClient {
  const still = async <T>(ask: () => Promise<T>): Promise<T> => {
    await calm();
    const answer = await ask();
    // What was asked before somebody waited is not read and sealed while she does.
    await calm();
    return answer;
  };
  return {
    ...his,
    get: (target, how) => still(() => his.get(target, how)),
    batch: (bundle) => still(() => his.batch(bundle)),
  };
}
