/** `npm run unit -- --long`: every step of everything. */
export const isLong = process.env["UNIT_LONG"] !== undefined;

/** All of them in the long form; otherwise the first, every `step`-th after it, and the last. */
export function sampled<T>(all: readonly T[], step: number): readonly T[] {
  return isLong ? all : all.filter((_, at) => at % step === 0 || at === all.length - 1);
}
