/** `npm run unit -- --long`: every step of everything. */
export const isLong = process.env["UNIT_LONG"] !== undefined;

/** Registers tests of the long form alone. */
export function inLongForm(register: () => void): void {
  if (isLong) register();
}

/** Of several that go the same way the first stands for all, but in the long form. */
export function firstOf<T>(all: readonly T[]): readonly T[] {
  return isLong ? all : all.slice(0, 1);
}

/** All of them in the long form; otherwise the first, every `step`-th after it, and the last. */
export function sampled<T>(all: readonly T[], step: number): readonly T[] {
  return isLong ? all : all.filter((_, at) => at % step === 0 || at === all.length - 1);
}
