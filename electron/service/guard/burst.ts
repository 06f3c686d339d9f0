/** CLINICAL: a ward charts a few allergies an hour; so many unsigned ones within so long are nobody's ordinary work. */
export const BURST = { additions: 12, withinMs: 10 * 60_000 } as const;

export interface BurstWatch {
  /** Counts unsigned additions; how many there were within the time when that first makes a burst, else null. */
  added(count: number, now: number): number | null;
}

/** Tells a burst of unsigned additions once, until it has ebbed away. */
export function createBurstWatch(): BurstWatch {
  let times: number[] = [];
  let told = false;
  return {
    added(count, now) {
      times = times.filter((at) => now - at < BURST.withinMs);
      for (let one = 0; one < count; one += 1) times.push(now);
      const isBurst = times.length >= BURST.additions;
      const isNew = isBurst && !told;
      told = isBurst;
      return isNew ? times.length : null;
    },
  };
}
