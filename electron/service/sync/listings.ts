import type { Removal } from "../guard/index.ts";
import type { ListingPart } from "./types.ts";

/** What a listing lacked so far of one type: gone, or perhaps listed under another patient in a part still to come. */
export interface ListingRun {
  readonly lacking: Map<string, { readonly patient: string; readonly removal: Removal }>;
  /** Ids that some part listed for a patient under whom this PC does not have them yet. */
  readonly listed: Set<string>;
  readonly parts: Set<number>;
}

export interface Listings {
  /** The run a part belongs to; its first part begins it anew. */
  of(type: string, part: ListingPart): ListingRun;
  /** Ids of which parts heard earlier told nothing: the last part decides about them. */
  lackingSoFar(type: string, part: ListingPart): readonly string[];
}

/** Kept in memory only: a run of which a part was forgotten with the program is asked for again. Adding twice is adding once. */
export function createListings(): Listings {
  const runs = new Map<string, { readonly run: string; readonly found: ListingRun }>();
  return {
    of(type, { run }) {
      const known = runs.get(type);
      if (known?.run === run) return known.found;
      const found: ListingRun = { lacking: new Map(), listed: new Set(), parts: new Set() };
      runs.set(type, { run, found });
      return found;
    },
    lackingSoFar(type, { run }) {
      const known = runs.get(type);
      return known?.run === run ? [...known.found.lacking.keys()] : [];
    },
  };
}
