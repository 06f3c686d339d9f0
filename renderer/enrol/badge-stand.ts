import type { BadgeView } from "./types.ts";

/**
 * Where she stands with her badge. `none-here`: no badge is wanted, or no reader would see one. `lay`: nothing lies on the
 * reader. `others`: it is on a colleague's roster entry, and a badge names one person. `there`: it can be taken.
 */
export type BadgeStand = "none-here" | "lay" | "others" | "there";

/** `uid` is the card on the reader where the service names it; else that one lies there is known from whose it is, or not. */
export function badgeStand(
  badge: Pick<BadgeView, "policy" | "watch" | "clinician" | "unknown">,
  uid: string | null,
  person: string | null,
): BadgeStand {
  if (badge.policy === "off" || badge.watch !== "watching") return "none-here";
  // SECURITY: a badge identifies; two people on one badge would lock and name each other.
  if (badge.clinician !== null && badge.clinician !== person) return "others";
  return uid !== null || badge.unknown || badge.clinician !== null ? "there" : "lay";
}

/** Whether the form may go: with her badge in sight, or said to be without one. */
export function badgeSettled(wanted: boolean, stand: BadgeStand): boolean {
  return !wanted || stand === "there" || stand === "none-here";
}
