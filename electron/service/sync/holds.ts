import { claimOf, factLedger, settled, withOpinion } from "../guard/index.ts";
import type { AcceptedFact, Opinion, Settlement } from "../guard/index.ts";
import { bringFacts } from "./bring-facts.ts";
import type { FactFiles } from "./bring-facts.ts";

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

export function createHolds(options: FactFiles): Holds {
  const { journal, ledgerKey } = options;

  function factOf(type: string, id: string): AcceptedFact | null {
    const found = factLedger(journal, ledgerKey).read([{ type, id }], () => {
      throw new Error("the ledger cannot be read");
    });
    return found.get(`${type}/${id}`) ?? null;
  }

  /** Ledger and chart as they are after her word; false: there is nothing (any more) to say a word about. */
  function bring(before: AcceptedFact | null, after: readonly AcceptedFact[] | null): boolean {
    if (before === null || after === null) return false;
    // After a kill within, the hold stands again, and she is asked again.
    bringFacts(options, [{ before, after }]);
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
