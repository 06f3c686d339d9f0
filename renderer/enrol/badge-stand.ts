import type { BadgeView } from "./types.ts";

/**
 * Where she stands with her badge. `none-here`: no badge is wanted, or no reader would see one. `lay`: nothing lies on the
 * reader. `others`: it is on a colleague's roster entry, and a badge names one person. `there`: it can be taken.
 */
export type BadgeStand = "none-here" | "lay" | "others" | "there";

/** `uid` is what lies on the reader. */
export function badgeStand(
  badge: Pick<BadgeView, "policy" | "watch" | "clinician">,
  uid: string | null,
  person: string | null,
): BadgeStand {
  if (badge.policy === "off" || badge.watch !== "watching") return "none-here";
  // SECURITY: a badge identifies; two people on one badge would lock and name each other.
  if (uid !== null && badge.clinician !== null && badge.clinician !== person) return "others";
  return uid === null ? "lay" : "there";
}

/** Whether the form may go: with her badge in sight, or said to be without one. */
export function badgeSettled(wanted: boolean, stand: BadgeStand): boolean {
  return !wanted || stand === "there" || stand === "none-here";
}
