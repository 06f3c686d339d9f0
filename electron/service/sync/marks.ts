import { GUARD_MARK, markedPatients, markId, markOf } from "../guard/index.ts";
import type { AcceptedFact } from "../guard/index.ts";
import type { ChartBatch } from "../store/index.ts";

/** The marks that go with facts as they will be, and those that no longer stand. `previous`: the facts as they were. */
export function marksOf(
  facts: ReadonlyMap<string, AcceptedFact>,
  previous: ReadonlyMap<string, AcceptedFact>,
): Pick<ChartBatch, "upserts" | "removals"> {
  const upserts: ChartBatch["upserts"][number][] = [];
  const removals: ChartBatch["removals"][number][] = [];
  for (const [key, fact] of facts) {
    const mark = markOf(fact);
    const now = new Set(mark === null ? [] : markedPatients(fact));
    if (mark !== null) for (const patient of now) upserts.push({ patient, resource: mark });
    const before = previous.get(key);
    for (const patient of before === undefined ? [] : markedPatients(before))
      if (!now.has(patient)) removals.push({ patient, type: GUARD_MARK, id: markId(fact) });
  }
  return { upserts, removals };
}
