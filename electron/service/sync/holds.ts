import { claimOf, factLedger, settled, withOpinion } from "../guard/index.ts";
import type { AcceptedFact, Opinion, Settlement } from "../guard/index.ts";
import { NO_CHANGES } from "../store/index.ts";
import type { ChartWriter, Journal } from "../store/index.ts";
import { nextBatch } from "./lost-work.ts";
import { marksOf } from "./marks.ts";

/** What a clinician decides about claims, in the chart's thread: the ledger is open only there. */
export interface Holds {
  /** The fact whose claim she means; null when the claim is no longer there, or of another patient. */
  held(input: {
    readonly patient: string;
    readonly type: string;
    readonly id: string;
    readonly claim: string;
  }): AcceptedFact | null;
  /** Brings her decision into ledger and chart. False: the claim is no longer there, and nothing changed. */
  settle(type: string, id: string, settlement: Settlement): boolean;
  /** Keeps her word on a claim that needs another's; nothing else changes. False as above. */
  opine(type: string, id: string, claim: string, opinion: Opinion): boolean;
}

export function createHolds(options: {
  readonly chart: ChartWriter;
  readonly journal: Journal;
  /** AES-256-GCM key of the ledger; borrowed. */
  readonly ledgerKey: Uint8Array;
}): Holds {
  const { chart, journal, ledgerKey } = options;

  function factOf(type: string, id: string): AcceptedFact | null {
    const found = factLedger(journal, ledgerKey).read([{ type, id }], () => {
      throw new Error("the ledger cannot be read");
    });
    return found.get(`${type}/${id}`) ?? null;
  }

  /** Ledger and chart as they are after her word; false: there is nothing (any more) to say a word about. */
  function bring(before: AcceptedFact | null, after: readonly AcceptedFact[] | null): boolean {
    if (before === null || after === null) return false;
    const { resourceType: type, id } = before.resource;
    const key = (fact: AcceptedFact) => `${type}/${fact.resource.id}`;
    const facts = new Map(after.map((fact) => [key(fact), fact]));
    const marks = marksOf(facts, new Map([[key(before), before]]));
    const stays = after.filter(({ removed }) => removed === null);
    const leaves = !stays.some(
      ({ patient, resource }) => patient === before.patient && resource.id === id,
    );
    const batch = nextBatch(chart, journal);
    const changes = {
      ...NO_CHANGES,
      upserts: [...stays.map(({ patient, resource }) => ({ patient, resource })), ...marks.upserts],
      removals: [...(leaves ? [{ patient: before.patient, type, id }] : []), ...marks.removals],
    };
    chart.write(changes, batch);
    // The chart first: after a kill in between the hold stands again, and she is asked again.
    const ledger = factLedger(journal, ledgerKey).written(after);
    journal.applied({ seqs: [], ledger, audit: [], batch });
    return true;
  }

  return {
    held({ patient, type, id, claim }) {
      const fact = factOf(type, id);
      const found = fact === null ? null : claimOf(fact, claim);
      const isHis = fact?.patient === patient || found?.patient === patient;
      return found !== null && isHis ? fact : null;
    },
    settle(type, id, settlement) {
      const before = factOf(type, id);
      const after = before === null ? null : settled(before, settlement);
      return bring(before, after);
    },
    opine(type, id, claim, opinion) {
      const before = factOf(type, id);
      const after = before === null ? null : withOpinion(before, claim, opinion);
      return bring(before, after === null ? null : [after]);
    },
  };
}
