export * from "./types.ts";
export { StoreError } from "./errors.ts";
export { openJournal, openActReader } from "./journal.ts";
export { openChart, openChartReader } from "./chart.ts";
export { generationInFile, UNREADABLE, type Generation } from "./generation.ts";
export { salvageJournal, type JournalSalvage } from "./salvage-journal.ts";
export { salvageChart, type ChartSalvage } from "./salvage-chart.ts";
export { serveThread, connectThread } from "./thread.ts";
