/**
 * Where a section's back-fill goes on after a kill, as `BackfillRow.next` keeps it: what is to be asked, and the server
 * time of the section's *first* page, up to which the section will be complete.
 */
export interface BackfillPlace {
  readonly asOf: string;
  /** What changed at or after an instant, or, where the pages are not sorted by that, the HIS's link. */
  readonly on: { readonly since: string } | { readonly url: string };
}

const SINCE = "since:";

/** One string of a place. */
export function placeOf({ asOf, on }: BackfillPlace): string {
  return `${asOf}|${"since" in on ? `${SINCE}${on.since}` : on.url}`;
}

/** The place of a string; null when it is none, and the section starts again. */
export function readPlace(text: string | null): BackfillPlace | null {
  const cut = text?.indexOf("|") ?? -1;
  if (text === null || cut < 0) return null;
  const asOf = text.slice(0, cut);
  if (Number.isNaN(Date.parse(asOf))) return null;
  const rest = text.slice(cut + 1);
  if (!rest.startsWith(SINCE)) return { asOf, on: { url: rest } };
  const since = rest.slice(SINCE.length);
  return Number.isNaN(Date.parse(since)) ? null : { asOf, on: { since } };
}
