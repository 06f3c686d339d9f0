import type { Knowledge } from "../../../shared/clinical/drug-allergy/index.ts";
import type { TwoFor } from "../guard/index.ts";
import type { ActReads, ChartReader } from "../store/index.ts";

/** What a view is made from: the pulled record, this PC's own acts over it, and the moment it is read at. */
export interface Sources {
  readonly chart: ChartReader;
  readonly acts: Pick<
    ActReads,
    "act" | "orderActs" | "unsentActs" | "newestActs" | "settledActs" | "unsentByPatient"
  >;
  /** Instant with the workstation's offset. */
  readonly now: string;
  /** What the drug-allergy check looks things up in; absent or null: none is there. */
  readonly knowledge?: Knowledge | null;
  /** For which held changes policy wants two clinicians; absent: for none. */
  readonly twoFor?: readonly TwoFor[];
}
