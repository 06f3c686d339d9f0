/** Flags of `dwEventState` (winscard.h, pcsclite.h). */
export const FLAG = {
  changed: 0x0002,
  unknown: 0x0004,
  unavailable: 0x0008,
  empty: 0x0010,
  present: 0x0020,
} as const;

/** What to ask with when nothing is known yet (SCARD_STATE_UNAWARE). */
export const UNAWARE = 0;

/**
 * What happened in a reader between two looks: `out` first, then `in`. Both at once is a swap: the count of ins and outs
 * in the high word moved while a card is there as before. `state` is what to ask with next.
 *
 * SECURITY: a count that differs in any way is a swap, a wrapped or restarted one too; a lock too many is the safe side.
 */
export function compareLooks(
  before: number,
  event: number,
): { out: "removed" | "reader-lost" | null; in: boolean; state: number } {
  if ((event & FLAG.changed) === 0) return { out: null, in: false, state: before };
  const had = holdsCard(before);
  const has = holdsCard(event);
  const swapped = had && has && before >>> 16 !== event >>> 16;
  return {
    out: (had && !has) || swapped ? (readerAway(event) ? "reader-lost" : "removed") : null,
    in: (has && !had) || swapped,
    state: (event & ~FLAG.changed) >>> 0,
  };
}

function holdsCard(state: number): boolean {
  return (state & FLAG.present) !== 0 && !readerAway(state);
}

function readerAway(state: number): boolean {
  return (state & (FLAG.unknown | FLAG.unavailable)) !== 0;
}
