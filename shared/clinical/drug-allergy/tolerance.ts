import type { Allergy } from "../../contract/parts.ts";
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

/**
 * Doses given after the allergy was recorded: the latest of the same substance, else the latest of the class.
 * SECURITY: administrations come from the HIS unsigned, and whoever wants the stop gone could write one: they are shown to
 * a person who decides, and decide nothing.
 */
export function toleranceOf(input: {
  readonly allergy: Allergy;
  readonly match: Match;
  /** Latest first; `same` are those that share a substance with the medicine. */
  readonly doses: readonly PreparedDose[];
  readonly same: readonly PreparedDose[];
}): Tolerance[] {
  const { allergy, match } = input;
  const { recordedDate } = allergy;
  if (recordedDate === null) return [];
  const recorded = millis(recordedDate) ?? Number.POSITIVE_INFINITY;
  const later = (dose: PreparedDose): boolean => isAfter(dose, recordedDate, recorded);
  const same = input.same.find(later);
  if (same !== undefined) return [{ kind: "given", what: same.medicine.words, at: same.at }];
  const { className } = match;
  const sibling =
    className === null
      ? undefined
      : input.doses.find((dose) => dose.recognised.sides.classNames.has(className) && later(dose));
  return sibling === undefined
    ? []
    : [{ kind: "given-class", what: sibling.medicine.words, at: sibling.at }];
}

/** A date that names only a year or a day is over when it is over: a dose within it proves nothing. */
function isAfter(dose: PreparedDose, recordedDate: string, recorded: number): boolean {
  return recordedDate.length <= 10
    ? dose.at > recordedDate && !dose.at.startsWith(recordedDate)
    : dose.millis > recorded;
}

/** Whether two medicines hold a substance in common. */
export function shares(a: Recognised, b: Recognised): boolean {
  for (const id of a.sides.ingredients.keys()) if (b.sides.ingredients.has(id)) return true;
  for (const code of a.codes) if (b.codes.has(code)) return true;
  return false;
}
