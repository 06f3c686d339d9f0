import { causeOf, HisError, isOutage } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";

export type LinkState =
  | { readonly kind: "unknown"; readonly since: number }
  | { readonly kind: "up"; readonly since: number }
  | {
      readonly kind: "down" | "refused";
      readonly since: number;
      readonly failure: HisFailure;
      /** Probes that failed, the call that noticed first among them: what back-off counts. */
      readonly failures: number;
    };

/** The connection as all callers share it: so many requests at a time, and one probe at a time while it is down. */
export interface Link {
  state(): LinkState;
  /** Runs a call when a place is free; while the link is not up it fails at once, without a request. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** The one call that may go out while the link is not up; its success brings the link up. Whoever asks meanwhile is refused. */
  probe<T>(call: () => Promise<T>): Promise<T>;
  /** Answers come, but none is of use: as good as down. */
  useless(detail: string): void;
}

/** True when a failure means that the HIS, or what answers in its place, is of no use now. */
export function bringsDown(failure: HisFailure): boolean {
  return (
    isOutage(failure) ||
    failure.kind === "not-fhir" ||
    // A portal that answers "403" has said nothing about what was asked.
    causeOf(failure) === "proxy" ||
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
  let isProbing = false;
  const queue: (() => void)[] = [];

  function set(next: LinkState): void {
    const changed = next.kind !== state.kind;
    // Since when it is down stays the first failure's moment.
    state = changed ? next : { ...next, since: state.since };
    onChange(state);
  }

  /** `counts`: false for calls that were in flight when it went down; they are not attempts of their own. */
  function failed(failure: HisFailure, counts: boolean): void {
    const before = state.kind === "down" || state.kind === "refused" ? state.failures : 0;
    const isRefusal = failure.kind === "refused" && causeOf(failure) !== "proxy";
    set({
      kind: isRefusal ? "refused" : "down",
      since: now(),
      failure,
      failures: counts || before === 0 ? before + 1 : before,
    });
  }

  async function observed<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof HisError && bringsDown(error.failure)) failed(error.failure, false);
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
      failed({ kind: "not-fhir", status: 200, detail }, true);
    },
    async probe(call) {
      if (isProbing) throw notUp(state);
      isProbing = true;
      try {
        const answer = await call();
        if (state.kind !== "up") set({ kind: "up", since: now() });
        return answer;
      } catch (error) {
        // Whatever it was: a HIS that cannot answer the probe is not there to be worked with, and is not asked at once again.
        if (error instanceof HisError) failed(error.failure, true);
        throw error;
      } finally {
        isProbing = false;
      }
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
