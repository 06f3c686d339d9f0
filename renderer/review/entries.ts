import type { AccessEntry } from "../app/index.ts";

/** Whether somebody still has to look at it. */
export function unreviewed(entry: Pick<AccessEntry, "reviewedAt">): boolean {
  return entry.reviewedAt === null;
}

/**
 * Whether it is of this clinician's doing: hers, or an emergency access that her PIN opened. SECURITY: nobody reviews her own.
 */
export function isOwn(
  entry: Pick<AccessEntry, "clinician" | "by">,
  clinician: string | null,
): boolean {
  return clinician !== null && (entry.clinician?.id === clinician || entry.by?.id === clinician);
}

/** What can be done with an entry here; `null` when it was reviewed. `reading`: an emergency access reviews nothing. */
export function reviewOf(
  entry: Pick<AccessEntry, "clinician" | "by" | "reviewedAt">,
  me: { readonly clinician: string | null; readonly emergency: boolean },
): "done" | "own" | "reading" | null {
  if (!unreviewed(entry)) return null;
  if (me.emergency || me.clinician === null) return "reading";
  return isOwn(entry, me.clinician) ? "own" : "done";
}
