import { z } from "zod";
import type { InboxPage, Journal } from "../store/index.ts";
import { keptJson } from "./kept-json.ts";
import { wantListing } from "./notice.ts";
import type { SyncAlarm } from "./types.ts";

/** Pages that could not be opened: kept, reported, and remembered so that nothing behind them looks complete. */
export interface Gaps {
  pages(): ReadonlySet<number>;
  /** A page that does not open, now or ever: reports it, and wants what it would have brought again. */
  unopened(page: InboxPage, detail: string): SyncAlarm;
  /** A page that opens but cannot be applied, by a fault of this program: reports it; it is tried again at the next start. */
  unapplied(page: InboxPage, detail: string): SyncAlarm;
  /** True when a section (or, with `patient` null, a type) must not yet be called complete up to `asOf`. */
  has(type: string, patient: string | null, asOf: string): boolean;
}

const KEY = "sync.unopened";
const Kept = z.array(
  z.object({
    seq: z.int(),
    kind: z.string(),
    type: z.string(),
    patient: z.string().nullable(),
    asOf: z.string(),
  }),
);
type Gap = z.infer<typeof Kept>[number];

/** Kept in the journal's facts, so that after a restart nothing is fetched a second time for the same page. */
export function createGaps(journal: Journal): Gaps {
  const gaps: Gap[] = readKept(journal.meta()[KEY]);
  const passing = new Set<number>();

  return {
    pages: () => new Set(gaps.map(({ seq }) => seq)),
    unopened({ seq, kind, type, patient, asOf }, detail) {
      gaps.push({ seq, kind, type, patient, asOf });
      const patients = patient === null ? journal.scope().map((row) => row.patient) : [patient];
      if (kind !== "scope") journal.wantBackfill(patients.map((each) => ({ patient: each, type })));
      // It may have told of deletions, which no back-fill brings: ids and versions are compared at the next round.
      if (kind === "pull") wantListing(journal, type.split(","));
      journal.setMeta({ [KEY]: JSON.stringify(gaps.filter((gap) => !passing.has(gap.seq))) });
      return { kind: "page-unreadable", seq, detail: `${kind} page of ${type}: ${detail}` };
    },
    unapplied({ seq, kind, type, patient, asOf }, detail) {
      gaps.push({ seq, kind, type, patient, asOf });
      passing.add(seq);
      return { kind: "page-unreadable", seq, detail: `${kind} page of ${type}: ${detail}` };
    },
    has(type, patient, asOf) {
      const open = gaps.filter((gap) => gap.type === type);
      if (open.length === 0) return false;
      // The pages of one run share their `asOf`; a run begun later has fetched everything again.
      if (
        open.some(
          ({ seq, patient: whose }) =>
            passing.has(seq) && (whose === patient || patient === null || whose === null),
        )
      )
        return true;
      if (patient !== null) return open.some((gap) => gap.patient === patient && gap.asOf >= asOf);
      return (
        open.some(({ kind }) => kind === "pull") &&
        journal.backfill().some((row) => row.type === type && row.state === "wanted")
      );
    },
  };
}

function readKept(text: string | undefined): Gap[] {
  const parsed = Kept.safeParse(text === undefined ? [] : keptJson(text));
  return parsed.success ? parsed.data : [];
}
