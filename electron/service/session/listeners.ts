export interface Listeners<A extends readonly unknown[]> {
  add(listener: (...args: A) => void): () => void;
  tell(...args: A): void;
}

/** Tells every listener, in order; one that throws keeps none of the others from hearing. */
export function listeners<A extends readonly unknown[]>(
  onProblem: (what: string, error: unknown) => void,
): Listeners<A> {
  const all = new Set<(...args: A) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(...args) {
      for (const listener of all)
        try {
          listener(...args);
        } catch (error) {
          onProblem("listener", error);
        }
    },
  };
}
