import type { PatientView } from "../app/index.ts";

/** What the score needs to know of the patient. */
export function news2Context(view: PatientView): {
  ageYears: number | null;
  pregnant: boolean;
  spo2Scale: 1 | 2;
} {
  const { age } = view.banner;
  return {
    ageYears: age === null ? null : age.unit === "years" ? age.value : 0,
    pregnant: view.pregnant,
    spo2Scale: view.spo2Scale,
  };
}
