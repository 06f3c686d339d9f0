/** Why a sign-in was refused, as the lock screen explains it. */
export type Refusal =
  | { readonly kind: "wrong-pin"; readonly attempts: number; readonly until: number }
  | { readonly kind: "not-ready"; readonly why: "pending" | "unknown" | "revoked" | "expired" };

const reasons = ["pending", "unknown", "revoked", "expired"] as const;

/** Reads the contract's two refusals of a sign-in; null for anything else. `until` is in milliseconds of this clock. */
export function refusalOf(
  error: { readonly code: string; readonly data: unknown } | null,
  now: number,
): Refusal | null {
  if (error === null || typeof error.data !== "object" || error.data === null) return null;
  const data = error.data as Record<string, unknown>;
  if (error.code === "WRONG_PIN") {
    const { attempts, retryAfterSeconds } = data;
    if (typeof attempts !== "number" || typeof retryAfterSeconds !== "number") return null;
    return { kind: "wrong-pin", attempts, until: now + retryAfterSeconds * 1000 };
  }
  if (error.code !== "NOT_READY") return null;
  const why = reasons.find((reason) => reason === data["why"]);
  return why === undefined ? null : { kind: "not-ready", why };
}
