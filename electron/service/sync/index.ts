export { createApply } from "./apply.ts";
export type { Apply, ApplyOptions } from "./apply.ts";
export { createReceiver } from "./receive.ts";
export { createSync } from "./sync.ts";
export type { Sync, SyncOptions } from "./sync.ts";
export type { SyncChange, SyncTimers } from "./hints.ts";
export type { PushEvent } from "./push.ts";
export { SECTION_TYPES, WARD_TYPES } from "./types.ts";
export type { Applied, ChartThread, JournalThread, SyncAlarm, SyncPolicy } from "./types.ts";
