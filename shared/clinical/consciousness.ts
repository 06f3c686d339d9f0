import type { VitalValues } from "../contract/parts.ts";
import { ACVPU_SYSTEM, SNOMED } from "./codes.ts";
import { codings, field, objects, text } from "./read.ts";

export type Level = NonNullable<VitalValues["consciousness"]>;

const LEVELS: readonly Level[] = ["A", "C", "V", "P", "U"];

/** LOINC answers of 67775-7, and SNOMED CT findings, as FHIR guides bind them to the ACVPU scale. */
const CODES: Readonly<Record<string, Readonly<Record<string, Level>>>> = {
  "http://loinc.org": {
    "LA9340-6": "A",
    "LA6560-2": "C",
    "LA17108-4": "V",
    "LA17107-6": "P",
    "LA9343-0": "U",
  },
  [SNOMED]: {
    "248234008": "A",
    "130987000": "C",
    "300202002": "V",
    "450847001": "P",
    "422768004": "U",
  },
};

/** Whole texts only: "not alert" must never read as "alert". */
const WORDS: Readonly<Record<string, Level>> = {
  a: "A",
  alert: "A",
  "mentally alert": "A",
  c: "C",
  confused: "C",
  confusion: "C",
  "new confusion": "C",
  "acute confusion": "C",
  v: "V",
  voice: "V",
  verbal: "V",
  "responds to voice": "V",
  p: "P",
  pain: "P",
  "responds to pain": "P",
  u: "U",
  unresponsive: "U",
};

/** The level of consciousness of an Observation, from its codes or, failing those, its text; null when unsure. */
export function consciousnessOf(observation: unknown): Level | null {
  const value = field(observation, "valueCodeableConcept");
  const coded = codings(value).flatMap(({ system, code }) => {
    if (system === ACVPU_SYSTEM) return LEVELS.find((level) => level === code) ?? [];
    const table = Object.hasOwn(CODES, system) ? CODES[system] : undefined;
    return table !== undefined && Object.hasOwn(table, code) ? (table[code] ?? []) : [];
  });
  // CLINICAL: codes that contradict each other are not a reading.
  if (coded.length > 0)
    return coded.every((level) => level === coded[0]) ? (coded[0] ?? null) : null;
  const said = [
    text(field(value, "text")),
    text(field(observation, "valueString")),
    ...objects(field(value, "coding")).map((coding) => text(field(coding, "display"))),
  ].find((one) => one !== null);
  const key = said?.toLowerCase() ?? "";
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? null) : null;
}
