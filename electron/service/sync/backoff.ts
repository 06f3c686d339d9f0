/**
 * Milliseconds before attempt number `attempt` (1 is the first repeat): exponential with full jitter, so that two
 * thousand PCs do not come back at once (M. Brooker, "Exponential Backoff And Jitter", 2015). The HIS's own wish
 * (`Retry-After`) is a floor, and jittered above.
 */
export function backoffMs(
  attempt: number,
  limits: { readonly baseMs: number; readonly capMs: number },
  random: () => number,
  retryAfterMs: number | null = null,
): number {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  const jittered = Math.round(random() * ceiling);
  return retryAfterMs === null
    ? Math.max(jittered, Math.min(250, ceiling))
    : retryAfterMs + jittered;
}
