/**
 * The number and moment under which something is saved. CLINICAL: an answer that was lost says nothing of whether it was saved; tried
 * again it must be the same act, of the same moment, or it is charted twice or refused as something else.
 */
export interface FirstTry<T> {
  /** As it was made at the first try of these very words; other words are another act. */
  of(words: string, make: () => T): T;
  /** The service has refused it, so that nothing was written: the next try is another one, of its own moment. */
  refused(): void;
}

export function createFirstTry<T>(): FirstTry<T> {
  let first: { readonly words: string; readonly made: T } | null = null;
  return {
    of(words, make) {
      if (first?.words !== words) first = { words, made: make() };
      return first.made;
    },
    refused() {
      first = null;
    },
  };
}
