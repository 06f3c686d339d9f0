import type { BadgeView, SessionView } from "../app/index.ts";

type Listed = SessionView["clinicians"][number];

/** What the lock screen says of the reader; null where policy wants no badge and none is there. */
export type ReaderWord = "watching" | "no-reader" | "no-service" | "wedge";

/** CLINICAL: a nurse must know before she needs it whether her badge will be seen here. */
export function readerWord(badge: BadgeView): ReaderWord | null {
  if (badge.watch !== "off") return badge.watch;
  return badge.wedge ? "wedge" : null;
}

/** Why this person's PIN would not open this PC as things lie on the reader; null: it may. The service decides again. */
export type PinBlock = "required" | "requiredOther" | "requiredNoReader";

export function pinBlock(badge: BadgeView, clinician: string | null): PinBlock | null {
  if (badge.policy !== "required") return null;
  if (badge.clinician !== null) return badge.clinician === clinician ? null : "requiredOther";
  return badge.watch === "watching" ? "required" : "requiredNoReader";
}

/** Whose PIN is asked for: the badge that was laid down last, or the name touched since. Only who is ready can be chosen. */
export function chosenOne(clinicians: readonly Listed[], chosen: string | null): Listed | null {
  return clinicians.find((one) => one.id === chosen && one.slot === "ready") ?? null;
}

/** The owner of the badge on the reader, and why she cannot sign in here yet if she cannot. */
export function badgeOwner(session: Pick<SessionView, "badge" | "clinicians">): Listed | null {
  const { clinician } = session.badge;
  return session.clinicians.find((one) => one.id === clinician) ?? null;
}
