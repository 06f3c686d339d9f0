import type { FhirResource } from "../fhir/index.ts";
import { fieldOf, NOT_SAID, ruleOf } from "./merge-rules.ts";
import type { FieldRule } from "./merge-rules.ts";

export type Side = "mine" | "theirs";

/** A field of which the three versions are not alike. Values are the field's keys (`valueQuantity`, …) as they stand. */
export interface FieldDifference {
  readonly field: string;
  readonly rule: FieldRule;
  readonly base: Part;
  readonly mine: Part;
  readonly theirs: Part;
  /** What the rule gives by itself; null: a clinician decides. */
  readonly merged: Part | null;
}
type Part = Readonly<Record<string, unknown>>;

export interface Merge {
  /** Mine and theirs together, on their version; null when a clinician has to decide. */
  readonly resource: FhirResource | null;
  readonly differences: readonly FieldDifference[];
  /** Theirs is another fact now (another patient, code or time): mine cannot be kept on it. */
  readonly mineIsPossible: boolean;
}

/**
 * Three versions of a resource: what mine was based on (null: not known, so that every difference is both sides'), mine,
 * and what the HIS holds. Fields that differ without touching merge; the rules are in `merge-rules.ts`.
 */
export function mergeResource(input: {
  readonly base: FhirResource | null;
  readonly mine: FhirResource;
  readonly theirs: FhirResource;
}): Merge {
  const { base, mine, theirs } = input;
  const type = theirs.resourceType;
  const sides = { base: partsOf(base), mine: partsOf(mine), theirs: partsOf(theirs) };
  const names = new Set([...sides.mine.keys(), ...sides.theirs.keys(), ...sides.base.keys()]);
  const found = [...names].flatMap((field) => {
    const [was, ours, others] = [
      sides.base.get(field) ?? {},
      sides.mine.get(field) ?? {},
      sides.theirs.get(field) ?? {},
    ];
    const byMine = base === null ? !same(ours, others) : !same(was, ours);
    const byTheirs = base === null ? !same(ours, others) : !same(was, others);
    if (!byMine && !byTheirs) return [];
    return [
      { field, rule: ruleOf(type, field), base: was, mine: ours, theirs: others, byMine, byTheirs },
    ];
  });
  const open = (side: "byMine" | "byTheirs"): boolean =>
    found.some((one) => one.rule === "decision" && one[side] && !same(one.mine, one.theirs));
  // CLINICAL: a value and its status say one thing together: both sides touched it, though perhaps not the same field.
  const touches = open("byMine") && open("byTheirs");
  const differences = found.map(({ byMine, byTheirs, ...one }): FieldDifference => {
    const merged = mergedPart(one, byMine, byTheirs, touches);
    return { ...one, merged };
  });
  const mineIsPossible = !found.some(
    ({ rule, mine: ours, theirs: others }) => rule === "never" && !same(ours, others),
  );
  const isMerged = mineIsPossible && differences.every(({ merged }) => merged !== null);
  return {
    resource: isMerged ? withParts(theirs, differences, ({ merged }) => merged ?? {}) : null,
    differences,
    mineIsPossible,
  };
}

/** What stands after a clinician's decision, on their version; a field she did not choose stays theirs. */
export function decided(
  theirs: FhirResource,
  merge: Merge,
  choice: (field: string) => Side,
): FhirResource {
  return withParts(theirs, merge.differences, (one) => {
    if (one.merged !== null && merge.mineIsPossible) return one.merged;
    return choice(one.field) === "mine" && merge.mineIsPossible ? one.mine : one.theirs;
  });
}

function mergedPart(
  one: Omit<FieldDifference, "merged">,
  byMine: boolean,
  byTheirs: boolean,
  touches: boolean,
): Part | null {
  if (same(one.mine, one.theirs)) return one.theirs;
  if (one.rule === "never") return null;
  if (one.rule === "decision" && touches) return null;
  if (!byTheirs) return one.mine;
  if (!byMine) return one.theirs;
  return one.rule === "merges" ? bothAdded(one) : null;
}

/** Lists to which both sides only added; null for anything else. */
function bothAdded({ field, base, mine, theirs }: Omit<FieldDifference, "merged">): Part | null {
  const [was, ours, others] = [base[field] ?? [], mine[field], theirs[field]];
  if (!Array.isArray(was) || !Array.isArray(ours) || !Array.isArray(others)) return null;
  const holds = (list: readonly unknown[], item: unknown): boolean =>
    list.some((one) => same(one, item));
  if (!was.every((item: unknown) => holds(ours, item) && holds(others, item))) return null;
  return { [field]: [...others, ...ours.filter((item: unknown) => !holds(others, item))] };
}

function withParts(
  theirs: FhirResource,
  differences: readonly FieldDifference[],
  part: (difference: FieldDifference) => Part,
): FhirResource {
  const changed = new Set(differences.map(({ field }) => field));
  const kept = Object.entries(theirs).filter(([key]) => !changed.has(fieldOf(key)));
  const { resourceType, id } = theirs;
  return {
    ...Object.fromEntries(kept),
    ...Object.assign({}, ...differences.map(part)),
    resourceType,
    id,
  };
}

/** The fields of a resource, each with its keys (`_valueString` belongs to `value[x]`). */
function partsOf(resource: FhirResource | null): Map<string, Record<string, unknown>> {
  const parts = new Map<string, Record<string, unknown>>();
  for (const [key, value] of Object.entries(resource ?? {})) {
    if (NOT_SAID.has(key) || value === undefined) continue;
    const field = fieldOf(key.replace(/^_/u, ""));
    parts.set(field, { ...parts.get(field), [key]: value });
  }
  return parts;
}

/** Alike as JSON, whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  return (
    keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length &&
    keys.every((key) => same(a[key], b[key]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
