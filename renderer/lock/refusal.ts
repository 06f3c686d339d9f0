import { type WrongPin, wrongPin } from "../app/index.ts";

/** Why a sign-in or an emergency access was refused, as the lock screen explains it. */
export type Refusal =
  | WrongPin
  | { readonly kind: "not-ready"; readonly why: NotReady }
  | { readonly kind: "envelope"; readonly why: EnvelopeRefusal };

const notReady = ["pending", "unknown", "revoked", "expired", "badge"] as const;
export type NotReady = (typeof notReady)[number];
const envelope = ["unknown", "used", "expired"] as const;
export type EnvelopeRefusal = (typeof envelope)[number];

/** Reads the contract's refusals of a sign-in; null for anything else. `now` is in milliseconds. */
export function refusalOf(
  error: { readonly code: string; readonly data: unknown } | null,
  now: number,
): Refusal | null {
  if (error === null || typeof error.data !== "object" || error.data === null) return null;
  const { why: said } = error.data as Record<string, unknown>;
  if (error.code === "NOT_READY") {
    const why = notReady.find((reason) => reason === said);
    return why === undefined ? null : { kind: "not-ready", why };
  }
  if (error.code === "ENVELOPE_REFUSED") {
    const why = envelope.find((reason) => reason === said);
    return why === undefined ? null : { kind: "envelope", why };
  }
  return wrongPin(error, now);
}
