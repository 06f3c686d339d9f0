import type { PinProblem } from "./types.ts";

const problems: readonly PinProblem[] = [
  "not-digits",
  "too-short",
  "too-long",
  "run",
  "birthday",
  "same",
];

/**
 * Reads the contract's PIN_REFUSED: the service knows more than this page (her birthday, the PIN before). Null for any
 * other failure.
 */
export function refusedPin(
  error: { readonly code: string; readonly data: unknown } | null,
): PinProblem | null {
  if (error === null || error.code !== "PIN_REFUSED") return null;
  if (typeof error.data !== "object" || error.data === null || !("problem" in error.data))
    return null;
  const { problem } = error.data;
  return problems.find((one) => one === problem) ?? null;
}
