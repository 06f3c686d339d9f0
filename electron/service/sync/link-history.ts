import type { Connection, ConnectionCause } from "../../../shared/contract/index.ts";

/** A change of the connection, for IT: never a question, an address or anything of a patient. */
export interface LinkChange {
  readonly at: number;
  readonly state: Connection["state"];
  readonly cause: ConnectionCause | null;
  /** In plain words: our own, or the HIS's about itself. */
  readonly detail: string | null;
}

/** An evening of a flapping line, and the outage before it. */
const KEPT = 20;

export interface LinkHistory {
  /** The connection as it is now; what has not changed is not kept twice. */
  saw(now: Omit<LinkChange, "at">): void;
  /** Newest first. */
  report(): { readonly changes: readonly LinkChange[] };
}

/** Remembers the last changes in memory: a restart is itself the first of them. */
export function createLinkHistory(now: () => number): LinkHistory {
  let changes: readonly LinkChange[] = [];
  return {
    saw(next) {
      const [last] = changes;
      // Live and catching up alternate with every large round: for IT the line is up.
      if (last !== undefined && isUp(last) && isUp(next)) return;
      if (last?.state === next.state && last.cause === next.cause) return;
      changes = [{ at: now(), ...next }, ...changes].slice(0, KEPT);
    },
    report: () => ({ changes }),
  };
}

function isUp({ state }: Pick<LinkChange, "state">): boolean {
  return state === "live" || state === "catching-up";
}
