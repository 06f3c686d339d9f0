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
    .filter((name) => !isSameValue(before[name], after[name]))
    .toSorted();
}

/** Whether two values have one canonical text. Mostly nothing has changed, and that is seen without making the texts. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return isAlike(a, b) || canonical(a) === canonical(b);
}

/** True only for what is the same name by name and place by place; false says nothing yet. */
function isAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((one, index) => isAlike(one, b[index]))
    );
  if (!isRecord(a) || !isRecord(b) || Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isAlike(a[name], b[name]))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export function isSameContent(a: FhirResource, b: FhirResource): boolean {
  if (a.resourceType !== b.resourceType) return false;
  // The first difference is enough: every change that comes is asked this before it is asked what changed.
  for (const name of Object.keys(a))
    if (!NOT_CONTENT.has(name) && !isSameValue(a[name], b[name])) return false;
  for (const name of Object.keys(b))
    if (!NOT_CONTENT.has(name) && !isSameValue(a[name], b[name])) return false;
  return true;
}

/** Whether everything in the first list is, unchanged, in the second. */
export function keepsAll(before: unknown, after: unknown): boolean {
  if (isAlike(before, after)) return true;
  const there = new Map<string, number>();
  for (const one of listOf(after).map(canonical)) there.set(one, (there.get(one) ?? 0) + 1);
  return listOf(before)
    .map(canonical)
    .every((one) => {
      const left = there.get(one) ?? 0;
      there.set(one, left - 1);
      return left > 0;
    });
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
