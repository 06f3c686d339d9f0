/** One answer of the HIS, as a witness of how far this PC's clock is off. Milliseconds since 1970 on the two clocks. */
export interface TimeWitness {
  /** The answer's `Date`: whole seconds, rounded down (RFC 9110 section 6.6.1). */
  readonly date: number;
  /** On this PC's clock. */
  readonly received: number;
  /** From the request to the whole answer, by a clock that nobody sets. */
  readonly tookMs: number;
}

export interface Skew {
  /** What to add to this PC's clock to get the HIS's: positive when this PC is behind. */
  readonly offsetMs: number;
  /** The truth lies this far from it at most, if most answers told the truth. */
  readonly plusMinusMs: number;
}

/**
 * How far this PC's clock is from the HIS's. Each answer gives an interval that the difference must lie in: its `Date` was
 * written after the request left and before the answer was there, and says its second without the fraction. What most
 * intervals share is the measure (K. Marzullo, 1984, as in NTP's selection, RFC 5905 section 11.2.1), so that one odd
 * answer, a slow one or a cached one changes nothing. Null without answers, or when no majority of them agrees.
 */
export function measureSkew(witnesses: readonly TimeWitness[]): Skew | null {
  const edges = witnesses.flatMap(({ date, received, tookMs }) => {
    const sent = received - Math.max(tookMs, 0);
    return [
      { at: date - received, step: 1 },
      { at: date + 1_000 - sent, step: -1 },
    ];
  });
  // Where one ends as another begins they still touch.
  edges.sort((a, b) => a.at - b.at || b.step - a.step);
  let agreeing = 0;
  let most = 0;
  let from = 0;
  let to = 0;
  for (const [index, edge] of edges.entries()) {
    agreeing += edge.step;
    if (edge.step === 1 && agreeing > most) {
      most = agreeing;
      from = edge.at;
      to = edges[index + 1]?.at ?? edge.at;
    }
  }
  if (most * 2 <= witnesses.length) return null;
  return { offsetMs: Math.round((from + to) / 2), plusMinusMs: Math.ceil((to - from) / 2) };
}
