export * from "./chart-types.ts";
export * from "./types.ts";
export { StoreError } from "./errors.ts";
export { packText, unpackText } from "./chunk.ts";
export { firstHash, secondHash } from "./name-hash.ts";
export { openJournal, openActReader, openTrailReader } from "./journal.ts";
export { basesOf, theirsIn, versionKey, type Versions } from "./act-versions.ts";
export type { ActReads } from "./journal-act-rows.ts";
export { openChart, openChartReader } from "./chart.ts";
export { generationInFile, UNREADABLE, type Generation } from "./generation.ts";
export { moveJournal } from "./rekey-device.ts";
export { rekeyVault, resealStragglers, type VaultRekey } from "./rekey-vault.ts";
export { type Resealed } from "./rekey-sealed.ts";
export { salvageJournal, type JournalSalvage } from "./salvage-journal.ts";
export { salvageChart, type ChartSalvage } from "./salvage-chart.ts";
export {
  connectThread,
  endThread,
  serveOpened,
  serveThread,
  type ConnectOptions,
} from "./thread.ts";
