import { markOf, markedPatients, wholeLedger } from "../guard/index.ts";
import type { AcceptedFact } from "../guard/index.ts";
import { NO_CHANGES } from "../store/index.ts";
import type { ChartBatch, ChartWriter, Journal } from "../store/index.ts";

/** A transaction of the chart takes about this many facts. */
const BATCH = 500;

/**
 * After chart.db was salvaged or begun anew: every safety-critical fact is put back as the ledger last accepted it, with what is
 * claimed against it, before anything is shown. CLINICAL: an allergy is there again although the HIS may be down. Answers how
 * many ledger rows could not be opened: of these the HIS is the only source.
 */
export function holdAgainstLedger(options: {
  readonly chart: Pick<ChartWriter, "write">;
  readonly journal: Pick<Journal, "wholeLedger">;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
}): { readonly facts: number; readonly unreadable: number } {
  const { facts, unreadable } = wholeLedger(options.journal, options.ledgerKey);
  for (let at = 0; at < facts.length; at += BATCH)
    options.chart.write(batchOf(facts.slice(at, at + BATCH)));
  return { facts: facts.length, unreadable };
}

function batchOf(facts: readonly AcceptedFact[]): ChartBatch {
  const upserts = facts.flatMap((fact) => {
    const mark = markOf(fact);
    const { patient, resource } = fact;
    return [
      ...(fact.removed === null ? [{ patient, resource }] : []),
      ...(mark === null
        ? []
        : markedPatients(fact).map((whose) => ({ patient: whose, resource: mark }))),
    ];
  });
  const removals = facts.flatMap(({ patient, resource: { resourceType: type, id }, removed }) =>
    removed === null ? [] : [{ patient, type, id }],
  );
  return { ...NO_CHANGES, upserts, removals };
}
