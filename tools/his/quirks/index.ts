/** What real servers do that no client expects, one function each; `../personalities.ts` puts them together. */
export { emptyBatches, fewInBatches, refusedBatches, shuffledBatches } from "./batches.ts";
export { commitsLate, smallBundles, tersely } from "./bundles.ts";
export { overwrites, patchesBlindly } from "./conditions.ts";
export { htmlErrors, xmlErrors } from "./errors.ts";
export { existing304, existing412, existingRaces } from "./existing.ts";
export { noHistory, noTypeHistory } from "./history.ts";
export { keepsIdentical, ownIds, ownIdsUnsaid } from "./ids.ts";
export { cappedOffset, shiftingPages } from "./pages.ts";
export { lax, strict } from "./parameters.ts";
export { settingsOf, withQuirks } from "./quirk.ts";
export type { EngineSettings, FhirHandler, Quirk } from "./quirk.ts";
export { slow } from "./slow.ts";
