import { practitionerName, referenceId, referenceText } from "../../../shared/clinical/index.ts";
import { WARD_PATIENT } from "../store/index.ts";
import type { ChartReader } from "../store/index.ts";

/** Names the person a reference points at: from the ward's Practitioners, else its display, else the bare id. */
export function namer(chart: ChartReader): (reference: unknown) => string | null {
  const names = new Map<string, string>();
  for (const one of chart.resources(WARD_PATIENT, "Practitioner").resources) {
    const name = practitionerName(one);
    if (name !== null) names.set(one.id, name);
  }
  return (reference) => names.get(referenceId(reference) ?? "") ?? referenceText(reference);
}
