/** What a suite came to. A suite that could not run at all is one skip, with its reason. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly count: number; readonly why: string }[];
  /** Which tests failed, and which passed at the second try only: what a reader of the last lines needs to know. */
  readonly named?: readonly string[];
  /** How long each suite took. */
  readonly took?: readonly { readonly suite: string; readonly seconds: number }[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: [] };

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
    named: [...(one.named ?? []), ...(other.named ?? [])],
    took: [...(one.took ?? []), ...(other.took ?? [])],
  };
}

/** A suite that answers by its exit code alone: 0 passed, 77 skipped, anything else failed. */
export function byExitCode(code: number, why: string): Tally {
  if (code === 77) return { ...nothing, skipped: [{ count: 1, why }] };
  return code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/** The last lines of `npm test`: the times, a line for each failure and for each reason to skip, then the sum. */
export function summary(tally: Tally): string[] {
  const count = tally.skipped.reduce((sum, skip) => sum + skip.count, 0);
  const took = (tally.took ?? []).map(({ suite, seconds }) => `${suite} ${seconds} s`);
  return [
    ...(took.length === 0 ? [] : [`took: ${took.join(", ")}`]),
    ...(tally.named ?? []),
    ...tally.skipped.map((skip) => `skipped ${skip.count}: ${skip.why}`),
    `${tally.passed} passed, ${tally.failed} failed, ${count} skipped`,
  ];
}
