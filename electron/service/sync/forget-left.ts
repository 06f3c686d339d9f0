import type { ChartWriter, Journal } from "../store/index.ts";
import { leftBefore } from "./scope.ts";

/** Forgets patients of whom every stay here ended before `before`, in both files; answers whom. */
export function forgetLeft(
  {
    chart,
    journal,
  }: {
    readonly chart: Pick<ChartWriter, "forgetPatient">;
    readonly journal: Pick<Journal, "scope" | "forgetPatient">;
  },
  before: number,
): readonly string[] {
  const gone = leftBefore(journal.scope(), before);
  for (const patient of gone) {
    // The chart first: after a kill in between he is still in the journal, and is forgotten again.
    chart.forgetPatient(patient);
    journal.forgetPatient(patient);
  }
  return gone;
}
