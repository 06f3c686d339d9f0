import { factLedger } from "../guard/index.ts";
import type { AcceptedFact } from "../guard/index.ts";
import { NO_CHANGES } from "../store/index.ts";
import type { ChartBatch, ChartWriter, Journal } from "../store/index.ts";
import { nextBatch } from "./lost-work.ts";
import { marksOf } from "./marks.ts";

/** The two files in which a safety-critical fact lies. */
export interface FactFiles {
  readonly chart: ChartWriter;
  readonly journal: Journal;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
  /** Told before the chart comes to hold a fact. */
  readonly settle: (patient: string, type: string, id: string) => void;
}

/** A fact as it was, and as it is from now on; two where it goes on under another id. */
export interface FactChange {
  readonly before: AcceptedFact;
  readonly after: readonly AcceptedFact[];
}

/** Brings what was decided beside the HIS's pages into ledger and chart; the chart first, so that a kill within leaves the older word. */
export function bringFacts(files: FactFiles, changes: readonly FactChange[]): void {
  const { chart, journal, ledgerKey, settle } = files;
  const batch = nextBatch(chart, journal);
  const parts = changes.map(changesOf);
  const upserts = parts.flatMap((part) => part.upserts);
  for (const { patient, resource } of upserts) settle(patient, resource.resourceType, resource.id);
  const removals = parts.flatMap((part) => part.removals);
  chart.write({ ...NO_CHANGES, upserts, removals }, batch);
  const ledger = factLedger(journal, ledgerKey).written(changes.flatMap(({ after }) => after));
  journal.applied({ seqs: [], ledger, audit: [], batch });
}

function changesOf({ before, after }: FactChange): Pick<ChartBatch, "upserts" | "removals"> {
  const { resourceType: type, id } = before.resource;
  const key = (fact: AcceptedFact) => `${type}/${fact.resource.id}`;
  const facts = new Map(after.map((fact) => [key(fact), fact]));
  const marks = marksOf(facts, new Map([[key(before), before]]));
  const stays = after.filter(({ removed }) => removed === null);
  const leaves = !stays.some(
    ({ patient, resource }) => patient === before.patient && resource.id === id,
  );
  return {
    upserts: [...stays.map(({ patient, resource }) => ({ patient, resource })), ...marks.upserts],
    removals: [...(leaves ? [{ patient: before.patient, type, id }] : []), ...marks.removals],
  };
}
