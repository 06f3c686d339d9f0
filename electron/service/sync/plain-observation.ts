import { isId, isObject } from "./page.ts";

/** The observation's status codes (R4 binding `observation-status`). */
export const OBSERVATION_STATUS = [
  "registered",
  "preliminary",
  "final",
  "amended",
  "corrected",
  "cancelled",
  "entered-in-error",
  "unknown",
] as const;

/** FHIR date or dateTime: year, month, day, or an instant with offset (R4 section 2.24.0.1). */
export const FHIR_DATE =
  /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/u;

const STATUS = new Set<unknown>(OBSERVATION_STATUS);

/**
 * True only for an Observation that the schema in `readable.ts` takes too; false means no more than "ask the schema". Nine
 * of ten resources are Observations, and a schema library costs more than all else that is done with them.
 */
export function isPlainObservation(resource: Record<string, unknown>): boolean {
  const { component } = resource;
  return (
    resource["resourceType"] === "Observation" &&
    isId(resource["id"]) &&
    STATUS.has(resource["status"]) &&
    isConcept(resource["code"]) &&
    isNamed(resource["code"]) &&
    isDateOrNone(resource["effectiveDateTime"]) &&
    isPeriodOrNone(resource["effectivePeriod"]) &&
    isMeasured(resource) &&
    (component === undefined ||
      (Array.isArray(component) &&
        component.every((one) => isObject(one) && isMeasured(one) && isConcept(one["code"]))))
  );
}

/** At most one `value[x]`, and what is read of it in its form. */
function isMeasured(one: Record<string, unknown>): boolean {
  let values = 0;
  for (const key in one) if (key.startsWith("value")) values += 1;
  if (values > 1) return false;
  const { valueQuantity: quantity, valueCodeableConcept: concept } = one;
  return (
    (quantity === undefined ||
      (isObject(quantity) &&
        (quantity["value"] === undefined || Number.isFinite(quantity["value"])) &&
        isTextOrNone(quantity["unit"]))) &&
    (concept === undefined || isConcept(concept)) &&
    isTextOrNone(one["valueString"])
  );
}

function isConcept(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || !isTextOrNone(value["text"])) return false;
  const { coding } = value;
  return (
    coding === undefined ||
    (Array.isArray(coding) &&
      coding.every(
        (one) =>
          isObject(one) &&
          isTextOrNone(one["system"]) &&
          isTextOrNone(one["code"]) &&
          isTextOrNone(one["display"]),
      ))
  );
}

function isNamed({ text, coding }: Record<string, unknown>): boolean {
  if (text) return true;
  return (
    Array.isArray(coding) &&
    coding.some((one) => isObject(one) && Boolean(one["display"] ?? one["code"]))
  );
}

function isPeriodOrNone(value: unknown): boolean {
  return (
    value === undefined ||
    (isObject(value) && isDateOrNone(value["start"]) && isDateOrNone(value["end"]))
  );
}

function isDateOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && FHIR_DATE.test(value));
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}
