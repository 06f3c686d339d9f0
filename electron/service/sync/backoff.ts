import type { LinkState } from "./link.ts";

/** The HIS's own wish is honoured up to this: whoever sits in its place must not silence a PC for a day. */
const LONGEST_WISH_MS = 15 * 60_000;
/** Between two probes while the HIS is away. */
export const PROBE = { baseMs: 4_000, capMs: 60_000 };

/**
 * Milliseconds before attempt number `attempt` (1 is the first repeat): exponential with full jitter, so that two
 * thousand PCs do not come back at once (M. Brooker, "Exponential Backoff And Jitter", 2015). The HIS's own wish
 * (`Retry-After`) is a floor, and jittered above by at least half of itself: it told everybody the same.
 */
export function backoffMs(
  attempt: number,
  limits: { readonly baseMs: number; readonly capMs: number },
  random: () => number,
  retryAfterMs: number | null = null,
): number {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  if (retryAfterMs === null)
    return Math.max(Math.round(random() * ceiling), Math.min(250, ceiling));
  const wish = Math.min(retryAfterMs, LONGEST_WISH_MS);
  return wish + Math.round(random() * Math.max(ceiling, wish / 2));
}

/**
 * Milliseconds until the next round.
 *
 * A HIS that has just come back is asked for everything at once by every PC that noticed, and after a short outage they all
 * notice within seconds. `returned`: this PC's probe has just found it. The round that catches up then starts at a moment
 * drawn from a whole `spreadMs`. With `spreadMs` the ordinary interval the return costs the HIS no more rounds a second
 * than any other minute, however the probes fall: a sum with a uniform draw is nowhere denser than that draw.
 */
export function nextRoundMs(input: {
  readonly link: LinkState;
  readonly returned: boolean;
  readonly intervalMs: number;
  readonly spreadMs: number;
  readonly random: () => number;
}): number {
  const { link, random, intervalMs, spreadMs } = input;
  if (link.kind === "down" || link.kind === "refused") {
    const { failure } = link;
    return backoffMs(
      link.failures,
      PROBE,
      random,
      failure.kind === "busy" ? failure.retryAfterMs : null,
    );
  }
  if (input.returned) return Math.round(random() * spreadMs);
  return Math.round(intervalMs * (0.9 + 0.2 * random()));
}
