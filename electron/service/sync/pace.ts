import { HisError } from "../his/index.ts";
import type { HisClient } from "../his/index.ts";
import type { SyncTimers } from "./hints.ts";

/** A wish to wait that is no outage: what is longer brings the link down, and the screen says so. */
const PATIENCE_MS = 30_000;
/** A HIS that puts the same question off again and again is overloaded, and that is to be seen. */
const MOST_WAITS = 3;

/**
 * A client that keeps the pace the HIS asks for while it is otherwise up: a read answered 429 or 503 with a short
 * `Retry-After` is asked again after it, and until then nothing else leaves this PC either. What writes is never repeated
 * here: whether it was done is for the push to find out.
 */
export function paced(
  his: HisClient,
  options: {
    readonly now: () => number;
    readonly random: () => number;
    readonly timers: SyncTimers;
  },
): HisClient {
  const { now, random, timers } = options;
  let until = 0;
  let isClosed = false;
  const waiting = new Set<() => void>();

  async function turn(): Promise<void> {
    const wait = until - now();
    // A clock that was put back must not make a short wish a long one.
    if (wait <= 0 || wait > 2 * PATIENCE_MS || isClosed) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        waiting.delete(go);
        cancel();
        resolve();
      };
      const cancel = timers.after(wait, go);
      waiting.add(go);
    });
  }

  /** True when the HIS asked for a short wait, which then holds for every call. */
  function putOff(error: unknown): boolean {
    if (!(error instanceof HisError) || error.failure.kind !== "busy") return false;
    const wish = error.failure.retryAfterMs;
    if (wish === null || wish > PATIENCE_MS) return false;
    until = Math.max(until, now() + wish + Math.round(random() * Math.max(wish / 2, 1_000)));
    return true;
  }

  /** What changes nothing at the HIS, and so may be asked again. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let waits = 0; ; waits += 1) {
      await turn();
      try {
        return await ask();
      } catch (error) {
        if (waits >= MOST_WAITS || !putOff(error) || isClosed) throw error;
      }
    }
  }

  return {
    ...his,
    get: async (target, how) => await patiently(async () => await his.get(target, how)),
    batch: async (bundle) => await patiently(async () => await his.batch(bundle)),
    async send(...request) {
      await turn();
      try {
        return await his.send(...request);
      } catch (error) {
        putOff(error);
        throw error;
      }
    },
    close() {
      isClosed = true;
      his.close();
      for (const go of waiting) go();
    },
  };
}
