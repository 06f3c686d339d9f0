/** The room that writes: acts and drafts. */
export { anewOf } from "./decision-act.ts";
export { createDrafts, type DraftKey, type Drafts } from "./drafts.ts";
export { createKeptDrafts, type KeptDrafts } from "./kept-drafts.ts";
export {
  ActConflict,
  ChangedMeanwhile,
  createRecord,
  InvalidVitals,
  type AtGiving,
  type Charting,
  type Record,
  type VitalsInput,
} from "./record.ts";
