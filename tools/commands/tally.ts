/** What a suite came to. A suite that could not run at all is one skip, with its reason. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly count: number; readonly why: string }[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: [] };

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
  };
}

/** A suite that answers by its exit code alone: 0 passed, 77 skipped, anything else failed. */
export function byExitCode(code: number, why: string): Tally {
  if (code === 77) return { ...nothing, skipped: [{ count: 1, why }] };
  return code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/** The last lines of `npm test`: a line for each reason to skip, then the sum. */
export function summary(tally: Tally): string[] {
  const count = tally.skipped.reduce((sum, skip) => sum + skip.count, 0);
  return [
    ...tally.skipped.map((skip) => `skipped ${skip.count}: ${skip.why}`),
    `${tally.passed} passed, ${tally.failed} failed, ${count} skipped`,
  ];
}
