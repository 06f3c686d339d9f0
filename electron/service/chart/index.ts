/** The chart's door: the card the store keeps up to date, and the views the screens show. */
export { CARD_VERSION, makeCard } from "./card.ts";
export { outboxEntries } from "./outbox-entries.ts";
export { patientView } from "./patient-view.ts";
export { readerCalls, type ReaderCalls } from "./reader-calls.ts";
export type { Sources } from "./sources.ts";
export { wardBoard } from "./ward-board.ts";
