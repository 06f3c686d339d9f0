import { type PinProblem, type WrongPin, wrongPin } from "../app/index.ts";

/** Why a PIN change was refused. */
export type PinRefusal = WrongPin | { readonly kind: "refused"; readonly problem: PinProblem };

const problems: readonly PinProblem[] = [
  "not-digits",
  "too-short",
  "too-long",
  "run",
  "birthday",
  "same",
];

/** Reads the contract's refusals of a PIN change; null for anything else. `now` is in milliseconds. */
export function pinRefusal(
  error: { readonly code: string; readonly data: unknown } | null,
  now: number,
): PinRefusal | null {
  if (error?.code !== "PIN_REFUSED") return wrongPin(error, now);
  if (typeof error.data !== "object" || error.data === null) return null;
  const { problem: said } = error.data as Record<string, unknown>;
  const problem = problems.find((one) => one === said);
  return problem === undefined ? null : { kind: "refused", problem };
}
