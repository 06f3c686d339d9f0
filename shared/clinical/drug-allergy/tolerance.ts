import { millis } from "../time.ts";
import type { Match } from "./match.ts";
import type { Recognised } from "./recognise.ts";
import type { GivenDose } from "./types.ts";

/** Something that speaks for the medicine although an allergy speaks against it. Shown; it never lowers what stops. */
export interface Tolerance {
  /** `given`: the same substance was given after the allergy was recorded; `given-class`: one of the class that matched. */
  readonly kind: "given" | "given-class" | "refuted";
  readonly what: string;
  /** Instant, or the FHIR date of a refuted record. */
  readonly at: string | null;
}

export interface PreparedDose extends GivenDose {
  readonly recognised: Recognised;
  /** Of `at`. */
  readonly millis: number;
}

/** When an allergy was recorded: a FHIR date or instant, and its milliseconds. */
export interface Recorded {
  readonly date: string;
  readonly millis: number;
}

/** Once for each allergy: it is asked of every medicine that the allergy speaks against. */
export function recordedOf(date: string | null): Recorded | null {
  return date === null ? null : { date, millis: millis(date) ?? Number.POSITIVE_INFINITY };
}

const NONE: readonly Tolerance[] = [];

/**
 * Doses given after the allergy was recorded: the latest of the same substance, else the latest of the class. `same` are those
 * that share a substance with the medicine; both lists the latest first.
 * SECURITY: administrations come from the HIS unsigned, and whoever wants the stop gone could write one: they are shown to
 * a person who decides, and decide nothing.
 */
export function toleranceOf(
  recorded: Recorded | null,
  { className }: Match,
  same: readonly PreparedDose[],
  doses: readonly PreparedDose[],
): readonly Tolerance[] {
  if (recorded === null) return NONE;
  for (const dose of same)
    if (isAfter(dose, recorded)) return [{ kind: "given", what: dose.medicine.words, at: dose.at }];
  if (className === null) return NONE;
  for (const dose of doses)
    if (dose.recognised.sides.classNames.includes(className) && isAfter(dose, recorded))
      return [{ kind: "given-class", what: dose.medicine.words, at: dose.at }];
  return NONE;
}

/** A date that names only a year or a day is over when it is over: a dose within it proves nothing. */
function isAfter(dose: PreparedDose, { date, millis: recorded }: Recorded): boolean {
  return date.length <= 10 ? dose.at > date && !dose.at.startsWith(date) : dose.millis > recorded;
}

/** Whether two medicines hold a substance in common. */
export function shares(a: Recognised, b: Recognised): boolean {
  for (const id of a.sides.ingredients.keys()) if (b.sides.ingredients.has(id)) return true;
  for (const code of a.codes) if (b.codes.has(code)) return true;
  return false;
}
