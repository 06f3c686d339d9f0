import type {
  Connection,
  Notice,
  Obstacle,
  SessionView,
  StatusView,
  Unsent,
} from "../../../shared/contract/index.ts";
import type { Policy } from "../policy/index.ts";
import { localInstant } from "./clock.ts";

/** Why nobody can sign in here, as the lock screen says it. */
export interface Hindrance {
  readonly obstacle: Obstacle;
  /** For IT: never clinical, never a key. */
  readonly detail: string;
}

/** The status of a PC whose journal is not open: the lock screen says why, and nothing else works. */
export function closedStatus(input: {
  readonly hindrance: Hindrance | null;
  readonly policy: Policy;
  readonly workstation: string;
  readonly preview: boolean;
  readonly version: string;
  readonly startedAt: Date;
  readonly now: Date;
}): StatusView {
  const { hindrance, now } = input;
  const session: SessionView = {
    state: "sealed",
    clinician: null,
    wards: input.policy.wards,
    clinicians: [],
    lastLock: { reason: "service-start", at: localInstant(input.startedAt) },
    idleLockAt: null,
    obstacle: hindrance?.obstacle ?? null,
    obstacleDetail: hindrance?.detail ?? null,
    workstation: input.workstation,
    display: input.policy.display,
    badge: {
      policy: input.policy.session.badge,
      watch: input.policy.session.badge === "off" ? "off" : "no-service",
      clinician: null,
      unknown: false,
      reopens: false,
      unproven: false,
      wedge: input.policy.session.wedge,
    },
    emergency: null,
    emergencyMinutes: input.policy.session.emergencyMinutes,
    envelope: false,
    enrols: false,
    preview: input.preview,
    version: input.version,
    now: localInstant(now),
  };
  const connection: Connection = {
    state: "starting",
    since: localInstant(input.startedAt),
    done: null,
    total: null,
    secondsLeft: null,
    asOf: null,
    skewMs: null,
    cause: null,
    nextTry: null,
    detail: null,
  };
  return {
    session,
    connection,
    unsent: { waiting: 0, parked: 0, oldest: null, drain: null },
    notices: [],
    freshness: input.policy.freshness,
    hisSigns: input.policy.guard.hisSigns,
  };
}

export function unsentOf(
  counts: {
    readonly waiting: number;
    readonly parked: number;
    readonly oldest: number | null;
  },
  drain: Unsent["drain"],
): Unsent {
  return {
    waiting: counts.waiting,
    parked: counts.parked,
    oldest: counts.oldest === null ? null : localInstant(new Date(counts.oldest)),
    drain,
  };
}

/** Said when this PC's clock and the HIS's differ by more than policy allows; null else, or when it cannot be told. */
export function skewNotice(skewMs: number | null, policy: Policy): Notice | null {
  if (skewMs === null || Math.abs(skewMs) < policy.sync.skewWarnSeconds * 1000) return null;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return {
    kind: "clock-skew",
    since: null,
    detail: `${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the HIS`,
  };
}
