import { isId, isObject } from "./page.ts";

/** The id a reference names when it points to `type` at this HIS; else null. */
export function referencedId(reference: unknown, type: string, base: string): string | null {
  const text = isObject(reference) ? reference["reference"] : null;
  if (typeof text !== "string") return null;
  // SECURITY: another server's Patient/1 is another person.
  const relative = text.startsWith(base) ? text.slice(base.length) : text;
  const [found, id, history, version, ...rest] = relative.split("/");
  if (found !== type || rest.length > 0) return null;
  if (history !== undefined && (history !== "_history" || version === undefined)) return null;
  return isId(id) ? id : null;
}

const IN_PATIENT = new Set(["AllergyIntolerance", "Immunization"]);

/** Whose record a resource belongs to; null when it does not say so in a way that can be trusted. */
export function patientOf(resource: Record<string, unknown>, base: string): string | null {
  const type = resource["resourceType"];
  if (type === "Patient") return isId(resource["id"]) ? resource["id"] : null;
  return referencedId(
    resource[IN_PATIENT.has(String(type)) ? "patient" : "subject"],
    "Patient",
    base,
  );
}

/**
 * Where an Encounter's patient lies now: its last location that is active (or says nothing else) and has not ended; null
 * when there is none. A patient moved to another ward keeps the old bed in the list, marked `completed`.
 */
export function currentLocation(encounter: Record<string, unknown>, base: string): string | null {
  const list = Array.isArray(encounter["location"]) ? (encounter["location"] as unknown[]) : [];
  let found: string | null = null;
  for (const entry of list) {
    if (!isObject(entry)) continue;
    const status = entry["status"] ?? "active";
    const ended = isObject(entry["period"]) && entry["period"]["end"] !== undefined;
    if (status === "active" && !ended)
      found = referencedId(entry["location"], "Location", base) ?? found;
  }
  return found;
}
