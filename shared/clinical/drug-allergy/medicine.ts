import { medicineText } from "../medicines.ts";
import { field, idOf, objects, referenceId } from "../read.ts";
import type { Medicine } from "./types.ts";

/**
 * The medicine of a MedicationRequest or MedicationAdministration: its own concept, and the code and ingredients of the
 * Medication it contains and points at.
 */
export function medicineOf(resource: unknown): Medicine {
  const id = referenceId(field(resource, "medicationReference"));
  const contained = objects(field(resource, "contained")).filter(
    (one) => id !== null && idOf(one) === id,
  );
  const parts = contained.flatMap((one) => objects(field(one, "ingredient")));
  const concepts = [
    field(resource, "medicationCodeableConcept"),
    ...contained.map((one) => field(one, "code")),
    ...parts.map((part) => field(part, "itemCodeableConcept")),
  ];
  return { concept: concepts.flatMap((one) => objects(one)), words: medicineText(resource) };
}
