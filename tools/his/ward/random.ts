/** A stream of believable chance that is the same for the same seed, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different ones, in the list's order. */
  some<T>(list: readonly T[], count: number): T[];
  normal(mean: number, deviation: number): number;
  uuid(): string;
}

/** mulberry32 over an FNV-1a hash of the seed: not for secrets, only for repeatable demo data. */
export function seeded(seed: string): Random {
  let state = 2_166_136_261;
  for (const character of seed)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[int(0, list.length - 1)];
    if (chosen === undefined) throw new Error("Cannot pick from an empty list");
    return chosen;
  };
  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    some<T>(list: readonly T[], count: number): T[] {
      const indexes = list.map((_, index) => index);
      while (indexes.length > count) indexes.splice(int(0, indexes.length - 1), 1);
      return indexes.map((index) => list[index] as T);
    },
    normal(mean, deviation) {
      // Box-Muller; 1 - next() keeps the logarithm finite.
      return (
        mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      );
    },
    uuid() {
      const hex = Array.from({ length: 32 }, () => int(0, 15).toString(16));
      hex[12] = "4";
      hex[16] = pick(["8", "9", "a", "b"]);
      const text = hex.join("");
      return [
        text.slice(0, 8),
        text.slice(8, 12),
        text.slice(12, 16),
        text.slice(16, 20),
        text.slice(20),
      ].join("-");
    },
  };
}
