/**
 * Where a section's back-fill goes on after a kill, as `BackfillRow.next` keeps it: the link, and the server time of the
 * section's *first* page, up to which the section will be complete.
 */
export interface BackfillPlace {
  readonly asOf: string;
  readonly url: string;
}

/** One string of a place. */
export function placeOf(place: BackfillPlace): string {
  return `${place.asOf}|${place.url}`;
}

/** The place of a string; null when it is none, and the section starts again. */
export function readPlace(text: string | null): BackfillPlace | null {
  const cut = text?.indexOf("|") ?? -1;
  if (text === null || cut < 0) return null;
  const asOf = text.slice(0, cut);
  return Number.isNaN(Date.parse(asOf)) ? null : { asOf, url: text.slice(cut + 1) };
}
