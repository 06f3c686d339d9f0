import { NO_CHANGES, WARD_PATIENT } from "../store/index.ts";
import type { ChartWriter, Journal } from "../store/index.ts";
import { holdAgainstLedger } from "./hold-against-ledger.ts";
import { wantListing } from "./notice.ts";
import { SECTION_TYPES, WARD_TYPES } from "./types.ts";

/** The number of the next batch that goes into the chart. */
export function nextBatch(
  chart: Pick<ChartWriter, "lastBatch">,
  journal: Pick<Journal, "lastBatch">,
): number {
  return Math.max(chart.lastBatch(), journal.lastBatch()) + 1;
}

/**
 * At each opening. CLINICAL: the chart's last commits can be lost whole, to a power cut or a torn log, when the journal has
 * forgotten their pages already: an order stopped a minute ago would be active again. Then every safety-critical fact is put
 * back as the ledger has it, and all else is asked of the HIS again; until it comes, sections say how old they are. Answers
 * whether anything was lost.
 */
export function makeGoodLostWork(options: {
  readonly chart: Pick<ChartWriter, "write" | "lastBatch">;
  readonly journal: Pick<
    Journal,
    "lastBatch" | "wholeLedger" | "wantBackfill" | "receiveAll" | "scope"
  >;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
}): boolean {
  const { chart, journal } = options;
  const given = journal.lastBatch();
  if (chart.lastBatch() >= given) return false;
  // Wanted before anything is shown: a kill from here on still fetches it.
  journal.wantBackfill(everything(journal));
  wantListing(journal, [...SECTION_TYPES]);
  holdAgainstLedger(options);
  chart.write(NO_CHANGES, given);
  return true;
}

/** All that a chart holds, for one that holds nothing yet, or not all of it: the puller's cursors are of the chart before. */
export function everything(
  journal: Pick<Journal, "scope">,
): readonly { patient: string; type: string }[] {
  const patients = journal
    .scope()
    .flatMap(({ patient }) => SECTION_TYPES.map((type) => ({ patient, type })));
  return [...patients, ...WARD_TYPES.map((type) => ({ patient: WARD_PATIENT, type }))];
}
