/** Everything that travels between this PC and the HIS. */
export { createApply } from "./apply.ts";
export { listingsWanted, wantListing } from "./notice.ts";
export { holdAgainstLedger } from "./hold-against-ledger.ts";
export { everything, makeGoodLostWork } from "./lost-work.ts";
export { createReceiver } from "./receive.ts";
export { createDrain } from "./drain.ts";
export { forgetLeft } from "./forget-left.ts";
export { createSync } from "./sync.ts";
export type { Sync, SyncReport } from "./sync-options.ts";
export type { SyncChange } from "./hints.ts";
export type { PushEvent } from "./push-parts.ts";
export { CHART_MOVED, MOVED, RECEIVING, SECTION_TYPES, WARD_TYPES } from "./types.ts";
export type { ChartThread, JournalThread, ReceivePage, SyncAlarm } from "./types.ts";
