import { text, field } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { changedElements } from "./content.ts";

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

/** CLINICAL: "do not give heparin" is a warning, not an order: like an allergy it goes by nobody's unsigned word. */
export function isProhibition(order: FhirResource): boolean {
  return (
    order.resourceType === "MedicationRequest" &&
    field(order, "doNotPerform") === true &&
    !hasEnded(order)
  );
}

const OF_A_PROHIBITION = new Set([
  "status",
  "doNotPerform",
  "intent",
  "medicationCodeableConcept",
  "medicationReference",
  "dosageInstruction",
  "modifierExtension",
  "implicitRules",
  "contained",
]);

/** Whether the next version forbids less, or something else. */
export function saysOtherwiseThanNo(before: FhirResource, after: FhirResource): boolean {
  return changedElements(before, after).some(
    (name) => OF_A_PROHIBITION.has(name) || name.startsWith("_"),
  );
}
