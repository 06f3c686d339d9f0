import type { BadgeGone } from "../../../shared/badge.ts";
import type { LockReason } from "../../../shared/contract/index.ts";
import {
  SEALED,
  type Attempt,
  type HardReason,
  type SessionEffect,
  type SessionEvent,
  type SessionRules,
  type SessionState,
  type SoftReason,
  type Steady,
  type Step,
} from "./machine-types.ts";

export * from "./machine-types.ts";

/**
 * Locks after which her badge alone may re-open. SECURITY: not `reader-lost`: a card that comes back with its reader was
 * not put there by a hand.
 */
const REOPENABLE: ReadonlySet<LockReason> = new Set<SoftReason>([
  "user",
  "idle",
  "os-lock",
  "page-lost",
  "badge-removed",
  "other-badge",
  "display-off",
  "remote-session",
]);

/** The session's one table. Pure: what is not allowed changes nothing, and time is judged before anything else. */
export function next(
  state: SessionState,
  event: SessionEvent,
  at: Steady,
  rules: SessionRules,
): Step {
  const before = expire(state, at, rules);
  const step = react(before.state, event, at, rules);
  const after = expire(step.state, at, rules);
  return { state: after.state, effects: [...before.effects, ...step.effects, ...after.effects] };
}

/** When time alone changes the state next; null: never. */
export function wakeAt(state: SessionState, rules: SessionRules): Steady | null {
  if (state.kind === "locked") return state.since + rules.hardLockMs;
  return state.kind === "open" ? state.until : null;
}

/** Whether this clinician's badge may re-open now, if it proves itself. */
export function mayReopen(
  state: SessionState,
  clinician: string | null,
  at: Steady,
  rules: SessionRules,
): boolean {
  return (
    state.kind === "locked" &&
    state.reopens !== null &&
    state.reopens === clinician &&
    rules.badge !== "off" &&
    at - state.since < rules.graceMs
  );
}

function expire(state: SessionState, at: Steady, rules: SessionRules): Step {
  const over = wakeAt(state, rules);
  if (over === null || at < over) return still(state);
  // SECURITY: a sign-in under way does not postpone it: typing PINs must not keep the key in memory.
  return state.kind === "open"
    ? leave(state, "emergency-over", at, rules)
    : { state: SEALED, effects: [{ kind: "drop-vault" }] };
}

function react(state: SessionState, event: SessionEvent, at: Steady, rules: SessionRules): Step {
  switch (event.kind) {
    case "try":
      return tried(state, event.attempt, at, rules);
    case "granted":
      return granted(state, event.attempt, event.badge, at, rules);
    case "denied":
      return state.kind === "open" || !same(state.attempt, event.attempt)
        ? still(state)
        : still({ ...state, attempt: null });
    case "lock":
      if (state.kind === "open") return leave(state, event.reason, at, rules);
      return still(
        REOPENABLE.has(event.reason) ? { ...state, attempt: null } : forgetBadge(state, null),
      );
    case "seal":
      if (state.kind === "open") return leave(state, event.reason, at, rules);
      return state.kind === "locked"
        ? { state: SEALED, effects: [{ kind: "drop-vault" }] }
        : still(SEALED);
    case "badge-in":
      return badgeIn(state, event, at, rules);
    case "badge-out":
      return badgeOut(state, event, at, rules);
    case "unwatched":
      return unwatched(state, at, rules);
    case "wedge":
      if (state.kind !== "open") return still(state);
      // A second tap of her own badge is her leaving; it names, it locks, it never opens.
      return event.clinician !== null && event.clinician === state.clinician
        ? leave(state, "badge-removed", at, rules)
        : leave(state, "other-badge", at, rules, { newcomer: event.clinician });
    case "time":
      return still(state);
  }
}

function tried(state: SessionState, attempt: Attempt, at: Steady, rules: SessionRules): Step {
  if (attempt.way === "badge") {
    // A PIN that is being checked goes first.
    const free = state.kind === "locked" && state.attempt === null && attempt.badge !== null;
    return free && mayReopen(state, attempt.clinician, at, rules)
      ? still({ ...state, attempt })
      : still(state);
  }
  // SECURITY: a new person at the keys ends the session of the one before, whether or not her PIN is right.
  return state.kind === "open"
    ? leave(state, "user", at, rules, { attempt })
    : still({ ...state, attempt });
}

function granted(
  state: SessionState,
  attempt: Attempt,
  badge: number | null,
  at: Steady,
  rules: SessionRules,
): Step {
  if (state.kind === "open" || !same(state.attempt, attempt)) return still(state);
  const emergency = attempt.way === "emergency";
  const refused =
    (attempt.way === "badge" &&
      (badge !== attempt.badge || !mayReopen(state, attempt.clinician, at, rules))) ||
    (attempt.way === "pin" && rules.badge === "required" && badge === null);
  if (refused) return still({ ...state, attempt: null });
  return {
    state: {
      kind: "open",
      session: attempt.id,
      clinician: emergency ? null : attempt.clinician,
      badge: emergency || rules.badge === "off" ? null : badge,
      until: emergency ? at + rules.emergencyMs : null,
    },
    effects: [{ kind: "start-idle" }],
  };
}

/**
 * A card on the reader. Another clinician's always ends the session. An unknown card ends it only where policy requires
 * badges: elsewhere a bus card or a phone laid on the reader must not darken the ward's PC.
 */
function badgeIn(
  state: SessionState,
  { presence, clinician }: { readonly presence: number; readonly clinician: string | null },
  at: Steady,
  rules: SessionRules,
): Step {
  if (rules.badge === "off") return still(state);
  if (state.kind !== "open") {
    const whose = state.attempt?.clinician ?? null;
    return whose !== null && clinician !== null && whose !== clinician
      ? still({ ...state, attempt: null })
      : still(state);
  }
  if (clinician !== null && clinician === state.clinician)
    return still(state.badge === null ? { ...state, badge: presence } : state);
  const mine = state.until === null;
  return clinician !== null || (mine && rules.badge === "required")
    ? leave(state, "other-badge", at, rules, { newcomer: clinician })
    : still(state);
}

function badgeOut(
  state: SessionState,
  event: {
    readonly presence: number;
    readonly clinician: string | null;
    readonly why: BadgeGone;
  },
  at: Steady,
  rules: SessionRules,
): Step {
  if (state.kind === "open") {
    if (state.badge !== event.presence) return still(state);
    return leave(state, event.why === "removed" ? "badge-removed" : "reader-lost", at, rules);
  }
  const mine = state.attempt !== null && state.attempt.badge === event.presence;
  const attempt = mine ? null : state.attempt;
  return still(
    event.why === "removed" ? { ...state, attempt } : forgetBadge({ ...state, attempt }, attempt),
  );
}

/** Fails closed: whoever is bound to a badge that nobody watches is locked, and where badges are required everybody is. */
function unwatched(state: SessionState, at: Steady, rules: SessionRules): Step {
  if (rules.badge === "off") return still(state);
  if (state.kind !== "open") {
    const { attempt } = state;
    const lost =
      attempt !== null &&
      (attempt.badge !== null || (attempt.way === "pin" && rules.badge === "required"));
    return still(forgetBadge(state, lost ? null : attempt));
  }
  const bound = state.badge !== null || (state.until === null && rules.badge === "required");
  return bound ? leave(state, "reader-lost", at, rules) : still(state);
}

/** From here on only a PIN re-opens. */
function forgetBadge(
  state: Exclude<SessionState, { kind: "open" }>,
  attempt: Attempt | null,
): SessionState {
  return state.kind === "locked"
    ? { ...state, attempt, reopens: null }
    : { kind: "sealed", attempt };
}

const HARD: ReadonlySet<LockReason> = new Set<HardReason>([
  "sign-out",
  "suspend",
  "policy",
  "emergency-over",
]);

function leave(
  state: Extract<SessionState, { kind: "open" }>,
  reason: SoftReason | HardReason,
  at: Steady,
  rules: SessionRules,
  then: { readonly attempt?: Attempt; readonly newcomer?: string | null } = {},
): Step {
  const attempt = then.attempt ?? null;
  const cover: readonly SessionEffect[] = [
    { kind: "cover", reason, newcomer: then.newcomer ?? null },
    { kind: "stop-idle" },
  ];
  // SECURITY: an emergency access is never re-opened: its key goes with it, whatever ended it.
  if (HARD.has(reason) || state.until !== null || rules.hardLockMs <= 0)
    return { state: { kind: "sealed", attempt }, effects: [...cover, { kind: "drop-vault" }] };
  const reopens = REOPENABLE.has(reason) ? state.clinician : null;
  return { state: { kind: "locked", attempt, since: at, reopens }, effects: cover };
}

function same(held: Attempt | null, one: Attempt): boolean {
  return (
    held !== null &&
    held.id === one.id &&
    held.way === one.way &&
    held.clinician === one.clinician &&
    held.badge === one.badge
  );
}

const still = (state: SessionState): Step => ({ state, effects: [] });
