import { evalFhirPath } from "@medplum/core";
import { searchParameters } from "./engine.ts";
import type { Stored } from "./resource-file.ts";

/** Parameters with an index of their own, beside `_id`, `_lastUpdated` and `patient`: those a workstation asks by. */
const INDEXED: Record<string, readonly string[]> = {
  Encounter: ["identifier", "location", "status"],
  Location: ["identifier", "partof"],
  Basic: ["identifier", "code"],
  Patient: ["identifier"],
  Practitioner: ["identifier"],
  Provenance: ["target"],
};
/** Whatever a workstation charts is found again by the uuid it was given. */
const ALWAYS = ["identifier"];

export function indexedParameters(type: string): readonly string[] {
  return INDEXED[type] ?? ALWAYS;
}

/** Logical id of the Patient a resource is about; null for a ward-wide resource. */
export function patientOf(resource: Stored): string | null {
  for (const field of ["subject", "patient", "beneficiary"]) {
    const reference = (resource[field] as { reference?: unknown } | undefined)?.reference;
    if (typeof reference === "string" && reference.startsWith("Patient/"))
      return reference.slice("Patient/".length);
  }
  // A Provenance is found with the patient whom it names among its targets.
  if (resource.resourceType !== "Provenance") return null;
  const patient = asArray(resource["target"])
    .map((target) => (target as { reference?: unknown } | null)?.reference)
    .find((one): one is string => typeof one === "string" && one.startsWith("Patient/"));
  return patient?.slice("Patient/".length) ?? null;
}

/** The rows of the token index for a resource: `[parameter, value]`, a coded value both with and without its system. */
export function tokensOf(resource: Stored): [parameter: string, value: string][] {
  const rows = new Map<string, [string, string]>();
  for (const parameter of indexedParameters(resource.resourceType)) {
    for (const value of valuesOf(resource, parameter))
      rows.set(`${parameter} ${value}`, [parameter, value]);
  }
  return [...rows.values()];
}

function valuesOf(resource: Stored, parameter: string): string[] {
  // The two cheap and by far most frequent cases first; anything else by the parameter's own FHIRPath.
  if (parameter === "identifier") return asArray(resource["identifier"]).flatMap(coded);
  if (parameter === "status") return asArray(resource["status"]).flatMap(coded);
  const expression = searchParameters(resource.resourceType)[parameter]?.expression;
  if (expression === undefined) return [];
  return evalFhirPath(expression, resource).flatMap((value) => coded(value));
}

function asArray(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function coded(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const element = value as {
    coding?: unknown;
    reference?: unknown;
    system?: unknown;
    code?: unknown;
    value?: unknown;
  };
  if (Array.isArray(element.coding)) return element.coding.flatMap(coded);
  if (typeof element.reference === "string") return [element.reference];
  const code = element.code ?? element.value;
  if (typeof code !== "string") return [];
  return typeof element.system === "string"
    ? [code, `${element.system}|${code}`]
    : [code, `|${code}`];
}
