export * from "./types.ts";
export { StoreError } from "./errors.ts";
export { openChart, openChartReader, type Generation } from "./chart.ts";
export type { SlowLog, Timing } from "./connection.ts";
