import type { LockReason } from "../../../shared/contract/index.ts";

/** A sign-in under way: its number is never used twice, and a lock of any kind takes it back. */
export interface Attempt {
  readonly id: number;
  readonly clinician: string;
}

/**
 * Who is at the workstation. `open` exists only by a granted attempt; `locked` keeps the vault key, `sealed` has none.
 */
export type SessionState =
  | { readonly kind: "sealed"; readonly attempt: Attempt | null }
  | { readonly kind: "locked"; readonly attempt: Attempt | null }
  | { readonly kind: "open"; readonly session: number; readonly clinician: string };

/** What locks: the vault key stays for the hard-lock time. */
export type SoftReason = Extract<LockReason, "user" | "idle" | "os-lock" | "page-lost">;
/** What seals at once: the vault key goes. */
export type HardReason = Extract<LockReason, "sign-out" | "suspend" | "policy">;

export type SessionEvent =
  /** A PIN was entered; nothing is known of it yet. */
  | { readonly kind: "try"; readonly attempt: Attempt }
  /** The PIN released the vault key. */
  | { readonly kind: "granted"; readonly attempt: Attempt }
  | { readonly kind: "denied"; readonly attempt: Attempt }
  | { readonly kind: "lock"; readonly reason: SoftReason }
  | { readonly kind: "seal"; readonly reason: HardReason }
  /** The hard-lock time after a lock has passed. */
  | { readonly kind: "hard-lock" };

export type SessionEffect =
  /** The shell covers the page and destroys its process. Always the first effect of leaving `open`. */
  | { readonly kind: "cover"; readonly reason: LockReason; readonly clinician: string }
  /** Starts the time after which a locked PC seals itself. */
  | { readonly kind: "start-hard-lock" }
  | { readonly kind: "stop-hard-lock" }
  /** The records are closed and the vault key is zeroed. */
  | { readonly kind: "drop-vault" }
  | { readonly kind: "start-idle" }
  | { readonly kind: "stop-idle" };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export const SEALED: SessionState = { kind: "sealed", attempt: null };

/** The session's one table. Pure: what is not allowed changes nothing. */
export function next(state: SessionState, event: SessionEvent): Step {
  switch (event.kind) {
    case "try":
      // SECURITY: a new person at the keys ends the session of the one before, whether or not her PIN is right.
      return state.kind === "open"
        ? {
            state: { kind: "locked", attempt: event.attempt },
            effects: leaving(state.clinician, "user", [{ kind: "start-hard-lock" }]),
          }
        : still({ ...state, attempt: event.attempt });
    case "granted":
      if (state.kind === "open" || !same(state.attempt, event.attempt)) return still(state);
      return {
        state: { kind: "open", session: event.attempt.id, clinician: event.attempt.clinician },
        effects: [{ kind: "stop-hard-lock" }, { kind: "start-idle" }],
      };
    case "denied":
      return state.kind === "open" || !same(state.attempt, event.attempt)
        ? still(state)
        : still({ ...state, attempt: null });
    case "lock":
      return state.kind === "open"
        ? {
            state: { kind: "locked", attempt: null },
            effects: leaving(state.clinician, event.reason, [{ kind: "start-hard-lock" }]),
          }
        : still({ ...state, attempt: null });
    case "seal":
      if (state.kind === "open")
        return {
          state: SEALED,
          effects: leaving(state.clinician, event.reason, [{ kind: "drop-vault" }]),
        };
      return state.kind === "locked" ? { state: SEALED, effects: dropping } : still(SEALED);
    case "hard-lock":
      // A sign-in under way is let finish first; the timer asks again.
      return state.kind === "locked" && state.attempt === null
        ? { state: SEALED, effects: dropping }
        : still(state);
  }
}

const dropping: readonly SessionEffect[] = [{ kind: "stop-hard-lock" }, { kind: "drop-vault" }];

function leaving(
  clinician: string,
  reason: LockReason,
  then: readonly SessionEffect[],
): SessionEffect[] {
  return [{ kind: "cover", reason, clinician }, { kind: "stop-idle" }, ...then];
}

function same(held: Attempt | null, one: Attempt): boolean {
  return held !== null && held.id === one.id && held.clinician === one.clinician;
}

const still = (state: SessionState): Step => ({ state, effects: [] });
