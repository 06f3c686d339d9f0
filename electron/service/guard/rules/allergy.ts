import type { HoldReason } from "../../../../shared/contract/guard.ts";
import { codings, field, millis, objects, text } from "../../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../../shared/fhir/index.ts";
import { changedElements, isSameValue, keepsAll, listOf } from "./content.ts";

/** Nothing in these makes an allergy weaker, whatever they say. */
const HARMLESS = new Set([
  "identifier",
  "recorder",
  "asserter",
  "encounter",
  "recordedDate",
  "lastOccurrence",
  "onsetDateTime",
  "onsetAge",
  "onsetPeriod",
  "onsetRange",
  "onsetString",
  "extension",
]);

/** CLINICAL: how dangerous, least first; nothing said is worse than `low` (FHIR R4, AllergyIntolerance.criticality). */
const CRITICALITY: readonly (string | null)[] = ["low", null, "unable-to-assess", "high"];
const SEVERITY: readonly (string | null)[] = [null, "mild", "moderate", "severe"];
const CLINICAL: readonly (string | null)[] = ["resolved", "inactive", null, "active"];
/** Refuted and mistaken are the end of it; unconfirmed is not. */
const VERIFICATION: readonly (string | null)[] = [
  "entered-in-error",
  "refuted",
  "unconfirmed",
  null,
  "confirmed",
];
const TYPE: readonly (string | null)[] = ["intolerance", null, "allergy"];

/**
 * What an allergy's next version takes away from the one in force, as far as `patient` is not concerned; empty: it only
 * adds. CLINICAL: what this client cannot weigh counts as taking away: a clinician can read it, a rule cannot.
 */
export function allergyTakes(before: FhirResource, after: FhirResource, now: number): HoldReason[] {
  return changedElements(before, after).flatMap((name) => takes(name, before, after, now));
}

function takes(name: string, before: FhirResource, after: FhirResource, now: number): HoldReason[] {
  const [old, next] = [before[name], after[name]];
  switch (name) {
    case "criticality":
      return lowers(CRITICALITY, [text(old)], [text(next)]) ? ["criticality-lowered"] : [];
    case "clinicalStatus":
      return lowers(CLINICAL, codesOf(old), codesOf(next)) ? ["no-longer-active"] : [];
    case "verificationStatus":
      return lowers(VERIFICATION, codesOf(old), codesOf(next)) ? [doubt(codesOf(next))] : [];
    case "type":
      return lowers(TYPE, [text(old)], [text(next)]) ? ["less-certain"] : [];
    case "reaction":
      return reactions(old, next);
    case "code":
      // CLINICAL: broader, unrelated, other system, display at odds with its code, look-alike letters: no rule here can tell.
      return ["re-coded"];
    case "category":
      return keepsAll(old, next) ? [] : ["category-removed"];
    case "note":
      return keepsAll(old, next) ? [] : ["note-removed"];
    case "patient":
      // Another patient is another rule's; the same one written another way changes nothing.
      return [];
    case "contained":
      return ["contained"];
    case "modifierExtension":
    case "implicitRules":
      return ["modifier"];
    case "recordedDate":
    case "onsetDateTime":
      return isFuture(next, now) ? ["future-date"] : [];
    default:
      if (HARMLESS.has(name)) return [];
      return [name.startsWith("_") ? "modifier" : "other-element"];
  }
}

/** With several codes the weakest of the new is set against the strongest of the old. */
function lowers(
  order: readonly (string | null)[],
  before: readonly (string | null)[],
  after: readonly (string | null)[],
): boolean {
  const rank = (code: string | null): number => order.indexOf(code);
  return Math.min(...after.map(rank)) < Math.max(...before.map(rank));
}

function codesOf(concept: unknown): (string | null)[] {
  const codes = codings(concept).map(({ code }) => code);
  return codes.length === 0 ? [null] : codes;
}

function doubt(after: readonly (string | null)[]): HoldReason {
  if (after.includes("entered-in-error")) return "entered-in-error";
  return after.includes("refuted") ? "refuted" : "less-certain";
}

/** Every reaction known before must be there still: as severe, with all it showed, of the same substance. */
function reactions(old: unknown, next: unknown): HoldReason[] {
  const left = [...objects(next)];
  const found = new Set<HoldReason>();
  for (const one of objects(old)) {
    const index = left.findIndex((other) => shows(one, other));
    const [twin] = index < 0 ? [] : left.splice(index, 1);
    if (twin === undefined) found.add("reaction-removed");
    else if (lowers(SEVERITY, [text(field(one, "severity"))], [text(field(twin, "severity"))]))
      found.add("severity-lowered");
  }
  if (listOf(next).length !== objects(next).length) found.add("other-element");
  return [...found];
}

function shows(one: unknown, other: unknown): boolean {
  const same = (name: string): boolean => isSameValue(field(one, name), field(other, name));
  return (
    keepsAll(field(one, "manifestation"), field(other, "manifestation")) &&
    (field(one, "substance") === undefined || same("substance")) &&
    (field(one, "description") === undefined || same("description")) &&
    (field(one, "note") === undefined || keepsAll(field(one, "note"), field(other, "note"))) &&
    field(other, "modifierExtension") === undefined
  );
}

/** A date beyond any clock's difference makes a record look newer than all others. */
const CLOCKS_MS = 36 * 3_600_000;
function isFuture(value: unknown, now: number): boolean {
  const at = millis(value) ?? Date.parse(String(value));
  return at > now + CLOCKS_MS;
}
