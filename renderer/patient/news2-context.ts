import type { PatientView } from "../app/index.ts";

/**
 * What the score needs to know of the patient. CLINICAL: the page learns of a pregnancy from the scores that the service
 * worked out from the record: while the latest set was out of scope for it, so is the next.
 */
export function news2Context(view: PatientView): {
  ageYears: number | null;
  pregnant: boolean;
  spo2Scale: 1 | 2;
} {
  const { age } = view.banner;
  return {
    ageYears: age === null ? null : age.unit === "years" ? age.value : 0,
    pregnant: view.vitals[0]?.news2.without === "pregnant",
    spo2Scale: view.spo2Scale,
  };
}
