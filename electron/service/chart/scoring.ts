import type { News2, VitalValues } from "../../../shared/contract/index.ts";
import { ageYears, isPregnant, news2 } from "../../../shared/clinical/index.ts";
import type { PregnancyStatement, ScaleStatement } from "../../../shared/clinical/index.ts";
import { dateOrder } from "../../../shared/clinical/index.ts";

/** Scores sets of one patient as of now. */
export function scorer(input: {
  readonly birthDate: string | null;
  readonly pregnancy: readonly PregnancyStatement[];
  readonly scale: 1 | 2;
  readonly now: string;
}): (values: VitalValues) => News2 {
  const context = {
    ageYears: ageYears(input.birthDate, input.now),
    pregnant: isPregnant(input.pregnancy, input.now),
    spo2Scale: input.scale,
  };
  return (values) => news2(values, context);
}

/** CLINICAL: scale 1 unless the latest clinician's choice is scale 2 (RCP NEWS2, 2017). */
export function latestScale(...statements: readonly (ScaleStatement | null)[]): 1 | 2 {
  const made = statements.filter((one) => one !== null);
  return made.toSorted((a, b) => dateOrder(b.at) - dateOrder(a.at))[0]?.scale ?? 1;
}
