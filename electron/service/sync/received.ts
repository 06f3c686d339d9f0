import { gunzipSync } from "node:zlib";
import type { BackfillRow } from "../store/index.ts";
import { placeOf } from "./backfill-place.ts";
import { linkedOf } from "./merges.ts";
import { NotAPage, parsePage } from "./page.ts";
import type { Page } from "./page.ts";
import type { ReceivedPage, ReceivePage } from "./types.ts";

/** What is the same of a page whether it goes into the sealed inbox or straight into the chart. */

const MOST_PLAIN = 64 * 1024 * 1024;

/** What is told of an answer that is no page; `problem` says why. */
export const NOTHING = {
  entries: 0,
  fresh: 0,
  next: null,
  greatest: null,
  sorted: false,
  linked: [],
  scope: [],
} as const;

/** The answer as a page. Throws {@link NotAPage}: such an answer must change nothing. */
export function pageIn(input: ReceivePage): Page {
  return parsePage(plainOf(input));
}

/** The page ends its section. */
export function isLast(input: ReceivePage, page: Page): boolean {
  return input.kind === "backfill" && page.next === null && !input.isRepeated;
}

/** How far the back-fill of its section is when this page is kept; null for a page of another kind. */
export function backfillAfter(input: ReceivePage, page: Page): BackfillRow | null {
  const { kind, patient, type, asOf } = input;
  if (kind !== "backfill" || patient === null) return null;
  if (isLast(input, page)) return { patient, type, state: "received", next: null };
  // Asked for by the newest change where that can be: a HIS's link counts, and what it counts may shift meanwhile.
  const on =
    page.next === null
      ? null
      : page.sorted && page.greatest !== null
        ? { since: page.greatest }
        : { url: page.next };
  return { patient, type, state: "wanted", next: on === null ? null : placeOf({ asOf, on }) };
}

/** What the event loop learns of a page, all of which is new. */
export function toldOf(input: ReceivePage, page: Page): ReceivedPage {
  const { entries, next, greatest, sorted } = page;
  return {
    problem: null,
    entries: entries.length,
    fresh: entries.length,
    next,
    greatest,
    sorted,
    linked:
      input.type === "Patient"
        ? entries.flatMap(({ resource }) => linkedOf(resource, input.base) ?? [])
        : [],
    scope: [],
  };
}

function plainOf({ bytes, encoding }: ReceivePage): Uint8Array {
  if (encoding === null) return bytes;
  try {
    // SECURITY: a few bytes can claim to be gigabytes.
    return gunzipSync(bytes, { maxOutputLength: MOST_PLAIN });
  } catch {
    throw new NotAPage("the answer is not compressed as it says: it was cut short or damaged");
  }
}
