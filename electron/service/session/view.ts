import type { BadgeView } from "../../../shared/contract/index.ts";
import { slotState, type RosterMember } from "../vault/index.ts";
import type { Holder } from "./holder.ts";
import type { SessionState } from "./machine.ts";
import type { RosterTime, SessionInput, SessionPart } from "./types.ts";

/** What the lock screen and the top bar may know of the session: no patient, no key. */
export function viewOf(now: {
  readonly state: SessionState;
  readonly who: Holder | null;
  readonly members: readonly RosterMember[];
  readonly when: RosterTime;
  readonly lastLock: SessionPart["lastLock"];
  readonly idleLockAt: Date | null;
  readonly limits: Pick<SessionInput["limits"], "badge" | "wedge">;
  readonly badges: Pick<BadgeView, "watch" | "clinician" | "unknown" | "unproven">;
}): SessionPart {
  const { state, limits, badges } = now;
  const open = state.kind === "open" ? now.who : null;
  const own = open?.access.kind === "own" ? open.person : null;
  const taken = open?.access.kind === "emergency" ? open.access : null;
  return {
    state: state.kind,
    clinician: own && { id: own.clinician, name: own.name, roles: own.roles },
    clinicians: now.members.map((member) => ({
      id: member.entry.clinician,
      name: member.entry.name,
      roles: member.entry.roles,
      slot: slotState(member, now.when),
    })),
    lastLock: now.lastLock,
    idleLockAt: now.idleLockAt?.toISOString() ?? null,
    badge: {
      policy: limits.badge,
      watch: limits.badge === "off" ? "off" : badges.watch,
      clinician: badges.clinician,
      unknown: badges.unknown,
      reopens: state.kind === "locked" && state.attempt?.way === "badge",
      unproven: badges.unproven,
      wedge: limits.wedge,
    },
    emergency: taken && {
      name: taken.name,
      reason: taken.reason,
      by: taken.by && { id: taken.by.clinician, name: taken.by.name, roles: taken.by.roles },
      until: taken.until.toISOString(),
    },
  };
}
