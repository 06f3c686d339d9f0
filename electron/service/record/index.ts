/** The room that writes: acts and drafts. */
export { createDrafts, type DraftKey, type Drafts } from "./drafts.ts";
export {
  ActConflict,
  createRecord,
  InvalidVitals,
  type Charting,
  type Record,
  type VitalsInput,
} from "./record.ts";
