import type { Obstacle, StatusView, WorkstationView } from "../app/index.ts";
import type { KeysView } from "./types.ts";

export const alertKinds = [
  "sealed-by-it",
  "offline-passed",
  "rollback",
  "audit",
  "keychain",
  "his-distrusted",
  "forged",
  "time-doubtful",
  "clock-skew",
  "offline-near",
  "rotation-failed",
  "policy",
] as const;
export type AlertKind = (typeof alertKinds)[number];
export interface Alert {
  readonly kind: AlertKind;
  /** For IT, as the service or the control key put it. */
  readonly detail: string | null;
}

const HOUR = 3_600_000;
/** What keeps people out or may hide what was written: shown as a danger, the rest as a warning. */
const grave: ReadonlySet<AlertKind> = new Set([
  "sealed-by-it",
  "offline-passed",
  "rollback",
  "audit",
  "keychain",
  "forged",
]);
export function isGrave(kind: AlertKind): boolean {
  return grave.has(kind);
}

const ofNotice: Record<StatusView["notices"][number]["kind"], AlertKind> = {
  "his-distrusted": "his-distrusted",
  rollback: "rollback",
  "time-doubtful": "time-doubtful",
  "clock-skew": "clock-skew",
  "offline-limit-near": "offline-near",
  "rotation-failed": "rotation-failed",
};

/** What is left until an instant, rounded down, in the largest unit that holds two or more; null once it has passed. */
export function timeLeft(
  until: string,
  now: number,
): { readonly count: number; readonly unit: "days" | "hours" | "minutes" } | null {
  const left = Date.parse(until) - now;
  if (left <= 0) return null;
  if (left >= 2 * 24 * HOUR) return { count: Math.floor(left / (24 * HOUR)), unit: "days" };
  if (left >= 2 * HOUR) return { count: Math.floor(left / HOUR), unit: "hours" };
  return { count: Math.floor(left / 60_000), unit: "minutes" };
}

/**
 * What needs IT's attention, worst first. Either view may still be missing; what is not known raises nothing. Whether the
 * offline limit is near or passed is the service's word: this page's clock may be the one that jumped.
 */
export function alertsOf(input: {
  readonly keys: KeysView | undefined;
  readonly workstation: WorkstationView | undefined;
  readonly obstacle: Obstacle | null;
  readonly notices: StatusView["notices"];
}): readonly Alert[] {
  const { keys, workstation, obstacle, notices } = input;
  const found = new Map<AlertKind, string | null>();
  for (const { kind, detail } of notices) found.set(ofNotice[kind], detail);
  if (keys !== undefined) {
    const { rollback, time } = keys;
    if (keys.sealedByIt !== null) found.set("sealed-by-it", keys.sealedByIt);
    if (rollback.found.length > 0) found.set("rollback", rollback.found.join(", "));
    if (!keys.hisTrusted && !found.has("his-distrusted")) found.set("his-distrusted", null);
    if (time.doubtful) found.set("time-doubtful", time.detail);
    const forged = keys.refused.find(({ reason }) => reason === "bad-signature");
    if (forged !== undefined && forged.count > 0) found.set("forged", null);
  }
  if (obstacle === "offline-limit") found.set("offline-passed", null);
  if (obstacle === "sealed-by-it" && !found.has("sealed-by-it")) found.set("sealed-by-it", null);
  if (workstation !== undefined) {
    if (!workstation.keychain.ok) found.set("keychain", workstation.keychain.detail);
    const { breaks, check } = workstation.audit;
    if (breaks.length > 0 || check.whole === false) found.set("audit", null);
    if (workstation.policyProblem !== null) found.set("policy", workstation.policyProblem);
  }
  return alertKinds.flatMap((kind) => {
    const detail = found.get(kind);
    return detail === undefined ? [] : [{ kind, detail }];
  });
}
