import { text, field } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";

/** CLINICAL: nothing leads out of these (FHIR R4, MedicationRequest.status): what is to be given again is a new order. */
const ENDED = new Set(["stopped", "cancelled", "completed", "entered-in-error"]);

/** Whether doses of it may be given as it stands. */
export function isAdministrable(order: FhirResource): boolean {
  return text(field(order, "status")) === "active" && field(order, "doNotPerform") !== true;
}

/** Whether it had ended for good. */
export function hasEnded(order: FhirResource): boolean {
  return ENDED.has(text(field(order, "status")) ?? "");
}
