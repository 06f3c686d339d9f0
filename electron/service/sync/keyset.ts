/** What a page says about where it stands. */
export interface PagePlace {
  readonly next: string | null;
  readonly greatest: string | null;
  /** Its entries came oldest change first, as the question asked. */
  readonly sorted: boolean;
}

/**
 * How the pages of one answer are gone through. A HIS that pages by counting ("from the 500th on") skips a record whenever
 * one before it goes or is changed meanwhile. So where the answer is sorted by its changes the next page is asked for by
 * the newest change seen, and nothing can shift; only within one instant the HIS's own link is followed.
 */
export interface Paging {
  /** The question after this page; null when it was the last. */
  after(page: PagePlace): string | null;
  /** True when the pages so far may have shifted: what they hold is to be asked for a second time. */
  mayHaveShifted(): boolean;
}

/** @param since the question for what changed at or after an instant; null: the question cannot be put so */
export function createPaging(since: ((instant: string) => string) | null): Paging {
  let key: string | null = null;
  let shifts = false;
  return {
    after({ next, greatest, sorted }) {
      if (next === null) return null;
      if (since !== null && sorted && greatest !== null) {
        if (key === null || Date.parse(greatest) > Date.parse(key)) {
          key = later(key, greatest);
          return since(greatest);
        }
        // A whole page of one instant: its order cannot change, so that the HIS's link leads on.
        return next;
      }
      shifts = true;
      return next;
    },
    mayHaveShifted: () => shifts,
  };
}

/** The later of two instants, either of which may be unknown. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
