/** The chart's door: the card the store keeps up to date, and the views the screens show. */
export { makeCard } from "./card.ts";
export { actIn } from "./overlay.ts";
export { rehearse } from "./rehearsal.ts";
export { readerCalls, type ReaderCalls } from "./reader-calls.ts";
export type { Sources } from "./sources.ts";
