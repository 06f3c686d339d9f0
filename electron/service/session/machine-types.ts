import type { BadgeGone } from "../../../shared/badge.ts";
import type { LockReason } from "../../../shared/contract/index.ts";

/** Milliseconds that only go up, and go on while the PC sleeps (`wakefulness.ts`). */
export type Steady = number;

/** By which proof somebody comes in. A bare card UID and a keyboard-wedge code are none. */
export type Way = "pin" | "badge" | "emergency";

/** A sign-in under way: its number is never used twice, and a lock of any kind takes it back. */
export interface Attempt {
  readonly id: number;
  readonly way: Way;
  /** Null for an emergency access: nobody on the roster. */
  readonly clinician: string | null;
  /** Her badge on the reader when it began (`presence` of shared/badge.ts): gone, and the attempt is gone. */
  readonly badge: number | null;
}

/**
 * Who is at the workstation. `open` exists only by a granted attempt; `locked` keeps the vault key, `sealed` has none.
 */
export type SessionState =
  | { readonly kind: "sealed"; readonly attempt: Attempt | null }
  | {
      readonly kind: "locked";
      readonly attempt: Attempt | null;
      readonly since: Steady;
      /** Whose badge may re-open it within the grace time; null: only a PIN. */
      readonly reopens: string | null;
    }
  | {
      readonly kind: "open";
      readonly session: number;
      /** Null in an emergency access. */
      readonly clinician: string | null;
      /** The presence of her badge this session is bound to: its end is the session's end. */
      readonly badge: number | null;
      /** When an emergency access is over; null for a clinician's own session. */
      readonly until: Steady | null;
    };

/** What locks: the vault key stays for the hard-lock time (not that of an emergency access, which nobody owns). */
export type SoftReason = Exclude<LockReason, HardReason | "service-start">;
/** What seals at once: the vault key goes. */
export type HardReason = Extract<LockReason, "sign-out" | "suspend" | "policy" | "emergency-over">;

export type SessionEvent =
  /** A PIN or a code was entered, or a badge is asked to prove itself; nothing is known of it yet. */
  | { readonly kind: "try"; readonly attempt: Attempt }
  /** It released the vault key, or proved itself. `badge`: the presence of her badge that lies there now. */
  | { readonly kind: "granted"; readonly attempt: Attempt; readonly badge: number | null }
  | { readonly kind: "denied"; readonly attempt: Attempt }
  | { readonly kind: "lock"; readonly reason: SoftReason }
  | { readonly kind: "seal"; readonly reason: HardReason }
  /** A card was put on a reader; `clinician` null: on nobody's roster entry. */
  | { readonly kind: "badge-in"; readonly presence: number; readonly clinician: string | null }
  | {
      readonly kind: "badge-out";
      readonly presence: number;
      readonly clinician: string | null;
      readonly why: BadgeGone;
    }
  /** A removal would not be seen any more: no reader, or no PC/SC service, or no badge process. */
  | { readonly kind: "unwatched" }
  /** A keyboard-wedge reader typed a badge's code. */
  | { readonly kind: "wedge"; readonly clinician: string | null }
  /** Time has passed, nothing else. */
  | { readonly kind: "time" };

export type SessionEffect =
  /** The shell covers the page and destroys its process. Always the first effect of leaving `open`. */
  | {
      readonly kind: "cover";
      readonly reason: LockReason;
      /** The clinician whose badge it was that ended another's session. */
      readonly newcomer: string | null;
    }
  /** The records are closed and the vault key is zeroed. */
  | { readonly kind: "drop-vault" }
  | { readonly kind: "start-idle" }
  | { readonly kind: "stop-idle" };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

/** What policy says of all this, in milliseconds. */
export interface SessionRules {
  readonly graceMs: number;
  readonly hardLockMs: number;
  readonly emergencyMs: number;
  readonly badge: "off" | "optional" | "required";
}

export const SEALED: SessionState = { kind: "sealed", attempt: null };
