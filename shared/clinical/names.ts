import type { z } from "zod";
import type { PatientName as PatientNameSchema, Sex as SexSchema } from "../contract/parts.ts";
import { field, hasCode, objects, text, texts } from "./read.ts";
import type { Json } from "./read.ts";
import { extensions, millis } from "./time.ts";

export type PatientName = z.infer<typeof PatientNameSchema>;
export type Sex = z.infer<typeof SexSchema>;

const ARABIC = /\p{Script=Arabic}/u;
const TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation";
const USE_ORDER = ["official", "usual", "temp", "anonymous", "nickname", "old", "maiden"];

/**
 * The name shown: official before usual before any other, those still in use before those ended. The Arabic name is the
 * one written in Arabic letters; names are never transliterated. Null when the patient has no name at all.
 */
export function patientName(patient: unknown): PatientName | null {
  const names = objects(field(patient, "name"))
    .map((name, index) => ({
      name,
      rank: rank(name) * 100 + Math.min(index, 99),
      parts: nameParts(name),
    }))
    .filter(({ parts }) => parts.family !== "" || parts.given !== "")
    .toSorted((a, b) => a.rank - b.rank);
  const arabic = names.find(({ parts }) => isArabic(parts))?.parts;
  const shown = names.find(({ parts }) => !isArabic(parts))?.parts ?? arabic;
  if (shown === undefined) return null;
  return arabic === undefined ? shown : { ...shown, ar: arabic };
}

function isArabic(parts: { family: string; given: string }): boolean {
  return ARABIC.test(parts.family) || ARABIC.test(parts.given);
}

function rank(name: Json): number {
  const use = USE_ORDER.indexOf(text(field(name, "use")) ?? "");
  const ended = millis(field(field(name, "period"), "end")) !== null;
  return (use === -1 ? 2 : use) + (ended ? USE_ORDER.length : 0);
}

/** A HumanName without its structure falls back to its text, as the family name. */
function nameParts(name: Json): { family: string; given: string } {
  const family = text(field(name, "family")) ?? texts(field(name, "family")).join(" ");
  const given = (texts(field(name, "given")).join(" ") || text(field(name, "given"))) ?? "";
  if (family !== "" || given !== "") return { family, given };
  return { family: text(field(name, "text")) ?? "", given: "" };
}

/** A Practitioner's name in one line, with its prefix; null when there is none. */
export function practitionerName(practitioner: unknown): string | null {
  const names = objects(field(practitioner, "name")).toSorted((a, b) => rank(a) - rank(b));
  const best = names.find((name) => !isArabic(nameParts(name))) ?? names[0];
  if (best === undefined) return null;
  const parts = nameParts(best);
  const structured = [...texts(field(best, "prefix")), parts.given, parts.family];
  return text(field(best, "text")) ?? text(structured.filter((part) => part !== "").join(" "));
}

/** The name of a Location and its Arabic form (a `translation` extension or an Arabic alias), as the HIS holds them. */
export function locationName(location: unknown): { name: string | null; nameAr: string | null } {
  const alternatives = [
    ...texts(field(location, "alias")),
    ...extensions(field(location, "_name"), TRANSLATION).flatMap((one) =>
      objects(field(one, "extension")).flatMap(
        (part) => text(field(part, "valueString")) ?? text(field(part, "valueMarkdown")) ?? [],
      ),
    ),
  ];
  const name = text(field(location, "name"));
  const own = name !== null && ARABIC.test(name) ? name : null;
  const nameAr = own ?? alternatives.find((one) => ARABIC.test(one)) ?? null;
  const latin =
    own === null ? name : alternatives.find((one) => !ARABIC.test(one) && one.length > 2);
  return { name: latin ?? name ?? nameAr, nameAr };
}

/** `Patient.gender`; anything unexpected is `unknown`. */
export function sexOf(patient: unknown): Sex {
  const gender = text(field(patient, "gender"));
  return gender === "male" || gender === "female" || gender === "other" ? gender : "unknown";
}

const IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203";

/** The hospital number (type MR), else the first `usual` or `official` identifier, else the first one with a value. */
export function hospitalNumber(patient: unknown): string | null {
  const all = objects(field(patient, "identifier")).filter(
    (one) =>
      text(field(one, "value")) !== null &&
      text(field(one, "use")) !== "old" &&
      // A social security, passport or licence number is never shown as a hospital number.
      !hasCode(field(one, "type"), IDENTIFIER_TYPE, ["SS", "PPN", "DL", "NI"]),
  );
  const chosen =
    all.find((one) => hasCode(field(one, "type"), IDENTIFIER_TYPE, ["MR"])) ??
    all.find((one) => ["usual", "official"].includes(text(field(one, "use")) ?? "")) ??
    all[0];
  return chosen === undefined ? null : text(field(chosen, "value"));
}

/** `deceased[x]`: true also when only the time of death is recorded. */
export function isDeceased(patient: unknown): boolean {
  return (
    field(patient, "deceasedBoolean") === true || text(field(patient, "deceasedDateTime")) !== null
  );
}
