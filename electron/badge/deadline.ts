/** The answer did not come in time; the call may still be under way, and its thread with it. */
export class Overdue extends Error {
  constructor(what: string) {
    super(`${what} did not come back in time`);
    this.name = "Overdue";
  }
}

/**
 * The outcome of `work`, or `Overdue` after `ms`. A timer that fires late (the PC slept, the loop was busy) looks once
 * more: what had come back by then counts as in time.
 */
export function withDeadline<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => setImmediate(() => reject(new Overdue(what))));
    }, ms);
    work
      .finally(() => clearTimeout(timer))
      .then(resolve, (error: unknown) =>
        reject(error instanceof Error ? error : new Error(what, { cause: error })),
      );
  });
}
