import { HisError, isOutage } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";

export type LinkState =
  | { readonly kind: "unknown"; readonly since: number }
  | { readonly kind: "up"; readonly since: number }
  | {
      readonly kind: "down" | "refused";
      readonly since: number;
      readonly failure: HisFailure;
      readonly failures: number;
    };

/** The connection as all callers share it: so many requests at a time, and one probe at a time while it is down. */
export interface Link {
  state(): LinkState;
  /** Runs a call when a place is free; while the link is not up it fails at once, without a request. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** The one call that may go out while the link is not up; its success brings the link up. */
  probe<T>(call: () => Promise<T>): Promise<T>;
  /** Answers come, but none is of use: as good as down. */
  useless(detail: string): void;
}

/** True when a failure means that the HIS, or what answers in its place, is of no use now. */
export function bringsDown(failure: HisFailure): boolean {
  return (
    isOutage(failure) ||
    failure.kind === "not-fhir" ||
    (failure.kind === "refused" && failure.signIn)
  );
}

export function createLink(options: {
  readonly parallel: number;
  readonly now: () => number;
  readonly onChange: (state: LinkState) => void;
}): Link {
  const { parallel, now, onChange } = options;
  let state: LinkState = { kind: "unknown", since: now() };
  let running = 0;
  const queue: (() => void)[] = [];

  function set(next: LinkState): void {
    const changed = next.kind !== state.kind;
    // Since when it is down stays the first failure's moment.
    state = changed ? next : { ...next, since: state.since };
    onChange(state);
  }

  function failed(failure: HisFailure): void {
    const failures = state.kind === "down" || state.kind === "refused" ? state.failures + 1 : 1;
    set({ kind: failure.kind === "refused" ? "refused" : "down", since: now(), failure, failures });
  }

  async function observed<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof HisError && bringsDown(error.failure)) failed(error.failure);
      throw error;
    }
  }

  async function place(): Promise<void> {
    if (running < parallel) {
      running += 1;
      return;
    }
    // The place is handed over, not given back and taken again.
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  return {
    state: () => state,
    async run(call) {
      await place();
      try {
        if (state.kind !== "up") throw notUp(state);
        return await observed(call);
      } finally {
        const next = queue.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    useless(detail) {
      failed({ kind: "not-fhir", status: 200, detail });
    },
    async probe(call) {
      const answer = await observed(call);
      if (state.kind !== "up") set({ kind: "up", since: now() });
      return answer;
    },
  };
}

function notUp(state: LinkState): HisError {
  return new HisError(
    state.kind === "down" || state.kind === "refused"
      ? state.failure
      : { kind: "unreachable", detail: "not connected yet" },
  );
}
