import type { Obstacle, WorkstationView } from "../app/index.ts";
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
  "offline-near",
  "policy",
] as const;
export type AlertKind = (typeof alertKinds)[number];
export interface Alert {
  readonly kind: AlertKind;
  /** For IT, as the service or the control key put it. */
  readonly detail: string | null;
}

const HOUR = 3_600_000;
/** An extension must be asked for, signed and carried: a day is needed for it. */
const NEAR = 24 * HOUR;

/** The moment the offline limit seals: the later of policy's limit and the last extension. Null: none runs. */
export function offlineEnd(offline: KeysView["offline"]): string | null {
  const { limitAt, extendedUntil } = offline;
  if (limitAt === null || extendedUntil === null) return limitAt;
  return Date.parse(extendedUntil) > Date.parse(limitAt) ? extendedUntil : limitAt;
}

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

/** What needs IT's attention, worst first. Either view may still be missing; what is not known raises nothing. */
export function alertsOf(input: {
  readonly keys: KeysView | undefined;
  readonly workstation: WorkstationView | undefined;
  readonly obstacle: Obstacle | null;
  readonly now: number;
}): readonly Alert[] {
  const { keys, workstation, obstacle, now } = input;
  const found = new Map<AlertKind, string | null>();
  if (keys !== undefined) {
    if (keys.sealedByIt !== null) found.set("sealed-by-it", keys.sealedByIt);
    if (keys.rollback.found.length > 0) found.set("rollback", keys.rollback.found.join(", "));
    if (!keys.hisTrusted) found.set("his-distrusted", null);
    if (keys.time.doubtful) found.set("time-doubtful", keys.time.detail);
    const forged = keys.refused.find(({ reason }) => reason === "bad-signature");
    if (forged !== undefined && forged.count > 0) found.set("forged", null);
    const end = offlineEnd(keys.offline);
    // In doubtful time nothing expires, so nothing is near either.
    if (end !== null && !keys.time.doubtful && obstacle !== "offline-limit") {
      const left = Date.parse(end) - now;
      if (left <= 0) found.set("offline-passed", null);
      else if (left <= NEAR) found.set("offline-near", null);
    }
  }
  if (obstacle === "offline-limit") found.set("offline-passed", null);
  if (obstacle === "sealed-by-it" && !found.has("sealed-by-it")) found.set("sealed-by-it", null);
  if (workstation !== undefined) {
    if (!workstation.keychain.ok) found.set("keychain", workstation.keychain.detail);
    if (!workstation.audit.verified) found.set("audit", null);
    if (workstation.policyProblem !== null) found.set("policy", workstation.policyProblem);
  }
  return alertKinds.flatMap((kind) => {
    const detail = found.get(kind);
    return detail === undefined ? [] : [{ kind, detail }];
  });
}
