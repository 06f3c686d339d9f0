/** A wrong PIN, as every PIN field explains it. `until`: no try before that, in milliseconds of this clock. */
export interface WrongPin {
  readonly kind: "wrong-pin";
  readonly attempts: number;
  readonly until: number;
}

/** Reads the contract's `WRONG_PIN`; null for anything else. */
export function wrongPin(
  error: { readonly code: string; readonly data: unknown } | null,
  now: number,
): WrongPin | null {
  if (error?.code !== "WRONG_PIN" || typeof error.data !== "object" || error.data === null)
    return null;
  const { attempts, retryAfterSeconds } = error.data as Record<string, unknown>;
  if (typeof attempts !== "number" || typeof retryAfterSeconds !== "number") return null;
  return { kind: "wrong-pin", attempts, until: now + retryAfterSeconds * 1000 };
}

/** Seconds that are still to wait before the next try; 0: now. */
export function waitSeconds(
  refusal: WrongPin | { readonly kind: "not-ready" | "envelope" | "refused" } | null,
  now: number,
): number {
  return refusal?.kind === "wrong-pin" ? Math.max(0, Math.ceil((refusal.until - now) / 1000)) : 0;
}
