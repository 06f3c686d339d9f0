import canonicalize from "canonicalize";
import type { FhirResource } from "../../../../shared/fhir/index.ts";

/** Elements that say nothing about the fact itself: the server's own, and the narrative made from the rest. */
const NOT_CONTENT = new Set(["meta", "text", "id", "resourceType", "language"]);

/** RFC 8785 text of a value; absent, null and empty are the same nothing (FHIR R4 forbids the empty ones). */
export function canonical(value: unknown): string {
  if (isNothing(value)) return "";
  return canonicalize(value) ?? "";
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The names of the elements in which two versions differ, sorted. */
export function changedElements(before: FhirResource, after: FhirResource): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !NOT_CONTENT.has(name))
    .filter((name) => canonical(before[name]) !== canonical(after[name]))
    .toSorted();
}

export function isSameContent(a: FhirResource, b: FhirResource): boolean {
  return a.resourceType === b.resourceType && changedElements(a, b).length === 0;
}

/** Whether everything in the first list is, unchanged, in the second. */
export function keepsAll(before: unknown, after: unknown): boolean {
  const there = new Map<string, number>();
  for (const one of listOf(after)) there.set(canonical(one), (there.get(canonical(one)) ?? 0) + 1);
  return listOf(before).every((one) => {
    const left = there.get(canonical(one)) ?? 0;
    there.set(canonical(one), left - 1);
    return left > 0;
  });
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
