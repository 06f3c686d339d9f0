import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Millis } from "./rows.ts";

/** The pseudo-patient that ward-wide resources (Location, Practitioner) are kept under. */
export const WARD_PATIENT = "";

export interface PlacementRow {
  readonly patient: string;
  readonly encounter: string;
  readonly ward: string;
  /** The bed's Location id; null when the Encounter names only the ward. */
  readonly location: string | null;
}

export interface SectionRow {
  readonly patient: string;
  readonly type: string;
  readonly loaded: boolean;
  readonly asOf: string | null;
  /** Chunks of this section lost to damage and not yet fetched again. */
  readonly damaged: boolean;
}

export interface UnreadableRow {
  readonly patient: string;
  readonly type: string;
  readonly id: string;
  readonly reason: string;
  readonly text: string | null;
  readonly at: Millis;
}

/** One batch, one transaction. Resources of one patient should stand together: cost is by the page touched. */
export interface ChartBatch {
  readonly upserts: readonly { readonly patient: string; readonly resource: FhirResource }[];
  readonly removals: readonly {
    readonly patient: string;
    readonly type: string;
    readonly id: string;
  }[];
  readonly unreadable: readonly UnreadableRow[];
  /** A section is loaded and gap-free up to `asOf`. */
  readonly sections: readonly {
    readonly patient: string;
    readonly type: string;
    readonly asOf: string;
  }[];
  /** The pull of a type is gap-free up to `asOf` for every loaded section of it. */
  readonly typeAsOf: readonly { readonly type: string; readonly asOf: string }[];
  readonly placements: readonly PlacementRow[];
  readonly departures: readonly string[];
}

/** A batch that changes nothing: what a batch does not speak of. */
export const NO_CHANGES: ChartBatch = {
  upserts: [],
  removals: [],
  unreadable: [],
  sections: [],
  typeAsOf: [],
  placements: [],
  departures: [],
};

/**
 * Makes a patient's *card*: the one small JSON value that the ward board needs of him, kept up to date at apply.
 * `previous` is the card made before (null at first or when it could not be read); `read` gives all resources of a type
 * as they are after this batch. Pure but for `read`.
 */
export type CardMaker = (
  previous: unknown,
  changes: {
    readonly upserts: readonly FhirResource[];
    readonly removed: readonly { type: string; id: string }[];
  },
  read: (type: string) => readonly FhirResource[],
) => unknown;

export interface ChartWriter extends ChartReader {
  /**
   * Skips upserts whose `meta.versionId` and `lastUpdated` are already held. Answers what it really changed. `number`: which
   * of the batches the journal counts this is. `between` is called between two patients: when it throws, nothing of the
   * batch is written.
   */
  write(
    batch: ChartBatch,
    number?: number,
    between?: () => void,
  ): { readonly changed: number; readonly patients: readonly string[] };
  /** Several writes in one transaction: when `work` throws, nothing of them is written. */
  together(work: () => void): void;
  /** The number of the last batch that had one; 0 before the first. */
  lastBatch(): number;
  /** Merges small chunks while idle; answers whether there is more to do. */
  compact(budgetMs: number): boolean;
  forgetPatient(patient: string): void;
}

export interface ResourceList {
  readonly resources: readonly FhirResource[];
  /** Chunks that could not be read. */
  readonly damaged: number;
}

export interface ChartReader {
  placements(ward?: string): readonly PlacementRow[];
  placement(patient: string): PlacementRow | null;
  /** Null when the patient has no card yet. */
  card(patient: string): unknown;
  cards(patients: readonly string[]): ReadonlyMap<string, unknown>;
  resources(patient: string, type: string): ResourceList;
  /** What of a patient is held, by the packed indexes: no body is read. What is damaged is left out; what is gone since may be in it. */
  heldIds(patient: string): readonly { readonly type: string; readonly id: string }[];
  /** One patient whole: all types, one pass. */
  patient(patient: string): ReadonlyMap<string, ResourceList>;
  /** `asOf` is already the later of the section's own and its type's. */
  sections(patient: string): readonly SectionRow[];
  unreadable(patient: string): readonly UnreadableRow[];
  typeAsOf(): ReadonlyMap<string, string>;
  patients(): readonly string[];
  count(): { readonly patients: number; readonly resources: number };
  /** Resources held of each type. */
  countByType(): ReadonlyMap<string, number>;
  /** Full scan: every chunk inflated and parsed. Between two steps of some milliseconds anything may be done, also written. */
  verifying(): Generator<void, { readonly chunks: number; readonly damaged: number }>;
  /** The same at once. */
  verify(): { readonly chunks: number; readonly damaged: number };
  close(): void;
}
