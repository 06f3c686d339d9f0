import { isResuscitation, text, field } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { changedElements } from "./content.ts";

/** What of a Flag or ServiceRequest a clinician acts upon. */
const SAID = new Set([
  "status",
  "code",
  "category",
  "doNotPerform",
  "period",
  "intent",
  "orderDetail",
  "modifierExtension",
  "implicitRules",
  "contained",
  "occurrenceDateTime",
  "occurrencePeriod",
]);

/** Resuscitation status as this site keeps it: a Flag or ServiceRequest, whichever version says so. */
export function isCodeStatus(resource: FhirResource): boolean {
  return ["Flag", "ServiceRequest"].includes(resource.resourceType) && isResuscitation(resource);
}

export function isInForce(resource: FhirResource): boolean {
  return ["active", "on-hold"].includes(text(field(resource, "status")) ?? "");
}

/** Whether the next version says anything else to whoever acts upon it. */
export function saysOtherwise(before: FhirResource, after: FhirResource): boolean {
  return changedElements(before, after).some((name) => SAID.has(name) || name.startsWith("_"));
}
