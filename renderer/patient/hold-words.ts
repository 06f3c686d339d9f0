import type { TFunction } from "i18next";
import {
  type ChangedLine,
  type FactSide,
  type Format,
  type Hold,
  howOftenWords,
  type PatientView,
} from "../app/index.ts";

type Line = NonNullable<FactSide["lines"]>[number];

/** What a claim does, in a few words: its gravest reason first, as the service lists them. */
export function claimWords(hold: Hold, t: TFunction): string {
  const does = hold.reasons.filter((reason) => reason !== "signer-revoked");
  const reasons = does.length === 0 ? hold.reasons : does;
  return reasons.map((reason) => t(`guard.reason.${reason}`)).join(", ");
}

/** It was signed, and in force here, until the key it was signed with was revoked. */
export function wasInForce({ reasons }: Hold): boolean {
  return reasons.includes("signer-revoked");
}

/** A value of a side; those of FHIR's own lists in the reader's language, all else as it was written. */
export function valueWords(line: Line, t: TFunction, format: Format): string {
  const { label, value, frequency } = line;
  if (frequency !== undefined) return howOftenWords(frequency, t, format) ?? value;
  const coded = ["criticality", "clinicalStatus", "verificationStatus", "status", "sex"];
  return coded.includes(label) ? t(`guard.value.${value}`, { defaultValue: value }) : value;
}

/** The contract's NOTHING_SAID; importing it would bring the whole contract into the page. */
const NOTHING_SAID = "–";

/** What an order was, named by its line where the value alone would say nothing; days and codes as short as they are known. */
export function wasWords(line: Line, t: TFunction, format: Format): string {
  const { label, value } = line;
  const words = shortly(line, format) ?? valueWords(line, t, format);
  return value === NOTHING_SAID || ["intent", "hidden", "code", "end"].includes(label)
    ? `${t(`guard.line.${label}`, { defaultValue: label })}: ${words}`
    : words;
}

/** An instant by its day, a code without the address of its system: whoever doubts it opens the record. */
function shortly({ label, value }: Line, format: Format): string | null {
  if (value === NOTHING_SAID) return null;
  if (label === "end")
    return value
      .split(", ")
      .map((day) => format.fhirDate(day))
      .join(", ");
  return label === "code" ? value.replaceAll(/ \([^)]*\)/gu, "") : null;
}

/** Both versions of a changed line, each in words; what one of them says nothing of has a dash. */
export function changeWords(
  { now, ...was }: ChangedLine,
  t: TFunction,
  format: Format,
): { readonly what: string; readonly before: string; readonly now: string } {
  const words = (line: Line): string => shortly(line, format) ?? valueWords(line, t, format);
  return {
    what: t(`guard.line.${was.label}`, { defaultValue: was.label }),
    before: words(was),
    now: now === null ? NOTHING_SAID : words({ ...now, label: was.label, changed: true }),
  };
}

/** Where the HIS signs nothing, only what somebody has verified is worth a word at each record. */
export function standingOf(
  { standings }: Pick<PatientView, "standings">,
  type: string,
  id: string,
  hisSigns: boolean,
): PatientView["standings"][string] | null {
  const standing = standings[`${type}/${id}`] ?? "first-seen";
  return hisSigns || standing === "verified" ? standing : null;
}

/** The same of an order, as short as a row of the list is. */
export function orderStanding(
  view: Pick<PatientView, "standings">,
  id: string,
  hisSigns: boolean,
): "verified" | "unverified" | null {
  const standing = standingOf(view, "MedicationRequest", id, hisSigns);
  return standing === "first-seen" ? "unverified" : standing;
}

/** The hold on one fact, if there is one. */
export function holdOn(view: PatientView, type: string, id: string): Hold | undefined {
  return view.holds.find((hold) => hold.type === type && hold.id === id);
}
