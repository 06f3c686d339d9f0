/** Virtual time: everything that happens is an event, and only the next event moves the clock. */
export interface Clock {
  now(): number;
  /** Milliseconds from now; answers how to call it off. */
  after(ms: number, run: () => void): () => void;
  /** When the next event is due; null when there is none. */
  next(): number | null;
  /** Moves to the next event and runs it. */
  step(): void;
  /** Moves on without an event; those that were due before come late. */
  moveTo(at: number): void;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export function createClock(start: number): Clock {
  let time = start;
  let orders = 0;
  const events = new Set<Event>();

  function earliest(): Event | null {
    let found: Event | null = null;
    for (const event of events)
      if (
        found === null ||
        event.at < found.at ||
        (event.at === found.at && event.order < found.order)
      )
        found = event;
    return found;
  }

  return {
    now: () => time,
    after(ms, run) {
      const event = { at: time + Math.max(ms, 0), order: (orders += 1), run };
      events.add(event);
      return () => void events.delete(event);
    },
    next: () => earliest()?.at ?? null,
    step() {
      const event = earliest();
      if (event === null) return;
      events.delete(event);
      // Who slept through it is late.
      time = Math.max(time, event.at);
      event.run();
    },
    moveTo(at) {
      time = Math.max(time, at);
    },
  };
}

/** A small generator of chance (mulberry32, T. Ettinger): the same seed, the same run. 0 to 1. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
