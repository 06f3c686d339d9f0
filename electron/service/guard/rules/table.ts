import type { AuthorRole } from "../../../../shared/trust/index.ts";
import type { ChangeKind, FactKind } from "./change.ts";

/** What an unsigned change comes to. */
export type Unsigned =
  /** In force, marked unverified. */
  | "apply"
  /** The earlier version stays in force, the claim beside it. */
  | "hold"
  /** Neither may be acted upon: the order is off, the claim waits. */
  | "stop-and-hold"
  /** Both shown, neither as current. */
  | "show-both";

/**
 * The guard's one table (architecture, "The guard"): what becomes of a change that nobody entitled has signed. CLINICAL:
 * an allergy or an identity never weakens by it; a medicine that is stopped is stopped at once; resuscitation is asked of
 * the team. What is signed by somebody entitled ({@link ENTITLED}) applies verified, whatever the change.
 */
export const UNSIGNED: Readonly<Record<FactKind, Readonly<Record<ChangeKind, Unsigned>>>> = {
  allergy: row({ takes: "hold", moves: "hold", rewritten: "hold", gone: "hold" }),
  identity: row({ takes: "hold", moves: "hold", rewritten: "hold", gone: "hold" }),
  order: row({
    reopens: "hold",
    "goes-back": "hold",
    moves: "stop-and-hold",
    rewritten: "hold",
  }),
  prohibition: row({ takes: "hold", moves: "hold", rewritten: "hold", gone: "hold" }),
  "code-status": row({
    takes: "show-both",
    moves: "show-both",
    rewritten: "show-both",
    gone: "show-both",
  }),
  alert: row({ takes: "hold", moves: "hold", rewritten: "hold", gone: "hold" }),
  request: row({ moves: "hold" }),
};

function row(guarded: Partial<Record<ChangeKind, Unsigned>>): Record<ChangeKind, Unsigned> {
  return {
    new: "apply",
    same: "apply",
    adds: "apply",
    takes: "apply",
    stops: "apply",
    reopens: "apply",
    "goes-back": "apply",
    moves: "apply",
    rewritten: "apply",
    gone: "apply",
    ...guarded,
  };
}

const ANYBODY: readonly AuthorRole[] = ["nurse", "doctor", "pharmacist"];
const PRESCRIBERS: readonly AuthorRole[] = ["doctor", "pharmacist"];
const DOCTORS: readonly AuthorRole[] = ["doctor"];
const DESK: readonly AuthorRole[] = ["clerk", "doctor", "nurse"];

/** Whose signature counts for what. CLINICAL: anyone may warn or stop; to take a warning away needs a prescriber. */
export const ENTITLED: Readonly<
  Record<FactKind, { readonly adds: readonly AuthorRole[]; readonly takes: readonly AuthorRole[] }>
> = {
  allergy: { adds: ANYBODY, takes: PRESCRIBERS },
  order: { adds: PRESCRIBERS, takes: PRESCRIBERS },
  prohibition: { adds: PRESCRIBERS, takes: PRESCRIBERS },
  identity: { adds: DESK, takes: DESK },
  "code-status": { adds: DOCTORS, takes: DOCTORS },
  alert: { adds: ANYBODY, takes: ANYBODY },
  request: { adds: ANYBODY, takes: ANYBODY },
};

const TAKING: ReadonlySet<ChangeKind> = new Set([
  "takes",
  "reopens",
  "goes-back",
  "moves",
  "rewritten",
  "gone",
]);

/** Whether it takes something away, or brings back what had ended. */
export function isTaking(change: ChangeKind): boolean {
  return TAKING.has(change);
}

/** Whether such a change is remembered when it was signed: unsigned it would have waited, or been shown beside what it changed. */
export function isRemembered(kind: FactKind, change: ChangeKind): boolean {
  return UNSIGNED[kind][change] !== "apply" || (kind === "order" && change === "adds");
}

export function isEntitled(
  roles: readonly AuthorRole[],
  kind: FactKind,
  change: ChangeKind,
): boolean {
  const allowed = ENTITLED[kind][isTaking(change) ? "takes" : "adds"];
  return roles.some((role) => allowed.includes(role));
}
