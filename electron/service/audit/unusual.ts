import type { UnusualMark } from "../../../shared/contract/index.ts";

/** A record was opened. `at`: milliseconds of a clock that never goes back. */
export interface Reading {
  readonly who: string;
  readonly patient: string;
  readonly at: number;
  /** By override or emergency access: not hers. */
  readonly outside: boolean;
}

/** Policy's `privacy`. */
export interface ReadingLimits {
  readonly manyPatients: number;
  readonly manyOutside: number;
  readonly withinMinutes: number;
}

export interface Burst {
  readonly mark: Exclude<UnusualMark, "restricted">;
  /** All whom she opened within the time, each once. */
  readonly patients: readonly string[];
}

/**
 * Whether the last of these readings is one too many: more different patients within policy's minutes, opened by one person,
 * than a round or a handover opens. The board of a ward does not count: everybody looks at it.
 */
export function burstOf(
  before: readonly Reading[],
  last: Reading,
  limits: ReadingLimits,
): Burst | null {
  const since = last.at - limits.withinMinutes * 60_000;
  const hers = [...before, last].filter(({ who, at }) => who === last.who && at > since);
  const all = new Set(hers.map(({ patient }) => patient));
  const outside = new Set(hers.filter((one) => one.outside).map(({ patient }) => patient));
  if (all.size > limits.manyPatients) return { mark: "many", patients: [...all] };
  if (last.outside && outside.size > limits.manyOutside)
    return { mark: "many-outside", patients: [...outside] };
  return null;
}

/**
 * Whether she reads a restricted record without being of his care team. Where the stay names nobody at all, the ward he lies
 * on is his care team: otherwise every nurse of it would be marked.
 */
export function isRestrictedReading(input: {
  readonly who: string;
  readonly restricted: boolean;
  readonly careTeam: readonly string[];
  readonly outside: boolean;
}): boolean {
  if (!input.restricted || input.careTeam.includes(input.who)) return false;
  return input.outside || input.careTeam.length > 0;
}

export interface ReadingWatch {
  /** `isNew`: the first one too many since it last was quiet; the ones after it belong to the same burst. */
  opened(reading: Reading): (Burst & { readonly isNew: boolean }) | null;
}

/** Remembers who opened whom as long as it matters. `earlier`: from the trail, after a restart. */
export function createReadingWatch(
  limits: ReadingLimits,
  earlier: readonly Reading[] = [],
): ReadingWatch {
  let recent = [...earlier];
  const told = new Set<string>();
  return {
    opened(reading) {
      const since = reading.at - limits.withinMinutes * 60_000;
      recent = recent.filter(({ at }) => at > since);
      const burst = burstOf(recent, reading, limits);
      recent.push(reading);
      const isNew = burst !== null && !told.has(reading.who);
      if (burst === null) told.delete(reading.who);
      else told.add(reading.who);
      return burst === null ? null : { ...burst, isNew };
    },
  };
}
