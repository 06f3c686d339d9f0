export * from "./types.ts";
export { StoreError } from "./errors.ts";
export { openJournal, openActReader } from "./journal.ts";
export { openChart, openChartReader, type Generation } from "./chart.ts";
export { serveThread, connectThread, type ConnectOptions } from "./thread.ts";
export type { SlowLog, Timing } from "./connection.ts";
