import { setTimeout as delay } from "node:timers/promises";
import {
  cappedOffset,
  commitsLate,
  emptyBatches,
  existing304,
  existing412,
  existingRaces,
  fewInBatches,
  htmlErrors,
  keepsIdentical,
  lax,
  noHistory,
  noTypeHistory,
  overwrites,
  ownIds,
  ownIdsUnsaid,
  patchesBlindly,
  refusedBatches,
  shiftingPages,
  shuffledBatches,
  slow,
  smallBundles,
  strict,
  tersely,
  xmlErrors,
} from "./quirks/index.ts";
import type { Quirk } from "./quirks/index.ts";

export interface Personality {
  readonly says: string;
  readonly quirks: readonly Quirk[];
}

/** The servers this HIS can pretend to be (`--personality NAME`). Each quirk is measured in `personalities.test.ts`. */
export const PERSONALITIES = {
  plain: { says: "does what its statement says", quirks: [] },
  "own-ids": { says: "PUT to a new id is 404, and it says so", quirks: [ownIds] },
  "own-ids-unsaid": {
    says: "PUT to a new id is 404, though it declares updateCreate",
    quirks: [ownIdsUnsaid],
  },
  careless: {
    says: "ignores If-Match on PATCH, If-None-Match: * on PUT, and parameters it does not know",
    quirks: [patchesBlindly, overwrites, lax],
  },
  "no-history": { says: "no _history at all", quirks: [noHistory] },
  "no-type-history": { says: "_history of single resources only", quirks: [noTypeHistory] },
  capped: {
    says: "_cursor only for _sort=_lastUpdated, else _offset up to 10,000",
    quirks: [cappedOffset()],
  },
  shifting: { says: "pages shift while they are read", quirks: [shiftingPages] },
  late: {
    says: "a transaction is stamped at its start and seen at its end",
    quirks: [commitsLate(() => delay(1500))],
  },
  slow: { says: "every answer takes 50 ms more", quirks: [slow(50)] },
  strict: { says: "400 for _elements, _total and _summary", quirks: [strict] },
  xml: { says: "errors in XML", quirks: [xmlErrors] },
  html: { says: "errors as a web page", quirks: [htmlErrors] },
  "exists-304": {
    says: "own ids; 304 for what If-None-Exist finds",
    quirks: [ownIds, existing304],
  },
  "exists-412": {
    says: "own ids; 412 for what If-None-Exist finds",
    quirks: [ownIds, existing412],
  },
  doubling: {
    says: "own ids; If-None-Exist creates twice when asked twice at once",
    quirks: [ownIds, existingRaces],
  },
  "small-bundles": {
    says: "413 above 50 updates, or 8 entries if one is conditional",
    quirks: [smallBundles()],
  },
  "batches-refused": {
    says: "no _history, and 501 for a batch, though it declares it",
    quirks: [noHistory, refusedBatches],
  },
  "batches-few": {
    says: "no _history, and 413 for more than five questions in a batch",
    quirks: [noHistory, fewInBatches(5)],
  },
  "batches-empty": {
    says: "no _history, and every search in a batch finds nothing",
    quirks: [noHistory, emptyBatches],
  },
  "batches-shuffled": {
    says: "no _history, and a batch is answered in another order than it asked",
    quirks: [noHistory, shuffledBatches],
  },
  terse: {
    says: "no Date, ETag, Last-Modified or Location in a transaction's answer",
    quirks: [tersely],
  },
  unmoved: { says: "a PUT that changes nothing makes no new version", quirks: [keepsIdentical] },
  medplum: {
    says: "as Medplum was measured: own ids unsaid, no type history, capped, terse, strict, and more",
    quirks: [
      ownIdsUnsaid,
      noTypeHistory,
      cappedOffset(),
      smallBundles(),
      tersely,
      patchesBlindly,
      overwrites,
      keepsIdentical,
    ],
  },
} as const satisfies Record<string, Personality>;

export type PersonalityName = keyof typeof PERSONALITIES;

/** Throws a sentence that lists the names for any other text. */
export function personalityNamed(name: string): Personality {
  if (Object.hasOwn(PERSONALITIES, name)) return PERSONALITIES[name as PersonalityName];
  const names = Object.keys(PERSONALITIES).join(", ");
  throw new Error(`No personality is called ${name}. There are: ${names}`);
}
