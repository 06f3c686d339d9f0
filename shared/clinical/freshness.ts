/** Minutes after which a section is no longer new, and after which it must not be relied on without asking. */
export interface FreshnessLimits {
  readonly ageingMinutes: number;
  readonly staleMinutes: number;
}

/**
 * How far what is shown can be taken for how things are now. `ageing`: known to be some minutes old, or not being kept up
 * at this moment. `stale`: older than policy allows for this kind of record.
 */
export type Freshness = "fresh" | "ageing" | "stale" | "not-loaded" | "damaged" | "unreadable";

export interface FreshnessInput {
  readonly section: {
    readonly loaded: boolean;
    readonly damaged: boolean;
    readonly unreadable: number;
    /** Server time of the last gap-free page applied. */
    readonly asOf: string | null;
  };
  /** Milliseconds since 1970 on the HIS's clock, as well as this PC knows it. */
  readonly now: number;
  readonly limits: FreshnessLimits;
  /** The record is being kept up just now: the connection is live or catching up. */
  readonly keptUp: boolean;
  /** This PC's clock cannot be believed. */
  readonly doubtful: boolean;
}

export interface FreshnessFound {
  readonly state: Freshness;
  /** Null when there is no time to count from, or no clock to count with. */
  readonly ageMs: number | null;
}

const MINUTE_MS = 60_000;
/** What the HIS says it was before "now" by more than this, a clock is wrong. */
const AHEAD_MS = 2 * MINUTE_MS;

/**
 * Judges one section. CLINICAL: whatever is uncertain makes it older, never newer: a section without a time is stale, one
 * that nobody keeps up or whose age cannot be told is at best ageing, and what did not arrive or cannot be read says so first.
 */
export function freshness(input: FreshnessInput): FreshnessFound {
  const { section, limits, now } = input;
  const at = section.asOf === null ? Number.NaN : Date.parse(section.asOf);
  const isAhead = at - now > AHEAD_MS;
  const ageMs = Number.isNaN(at) || isAhead || input.doubtful ? null : Math.max(now - at, 0);
  return { state: stateOf(input, at, isAhead, limits), ageMs };
}

function stateOf(
  { section, now, keptUp, doubtful }: FreshnessInput,
  at: number,
  isAhead: boolean,
  limits: FreshnessLimits,
): Freshness {
  if (!section.loaded) return "not-loaded";
  if (section.damaged) return "damaged";
  if (section.unreadable > 0) return "unreadable";
  if (Number.isNaN(at) || now - at >= limits.staleMinutes * MINUTE_MS) return "stale";
  const isNew = now - at < limits.ageingMinutes * MINUTE_MS;
  return isNew && keptUp && !doubtful && !isAhead ? "fresh" : "ageing";
}
