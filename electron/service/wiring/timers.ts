/** Timers that keep no process alive. */
export const timers = {
  /** Answers how to cancel. */
  after(milliseconds: number, call: () => void): () => void {
    const timer = setTimeout(call, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
