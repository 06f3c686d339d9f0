import type { TFunction } from "i18next";
import type { Hold, PatientView } from "../app/index.ts";

/** What a claim does, in a few words: its gravest reason first, as the service lists them. */
export function claimWords(hold: Hold, t: TFunction): string {
  return hold.reasons.map((reason) => t(`guard.reason.${reason}`)).join(", ");
}

/** A value of a side; those of FHIR's own lists in the reader's language, all else as it was written. */
export function valueWords(label: string, value: string, t: TFunction): string {
  const coded = ["criticality", "clinicalStatus", "verificationStatus", "status", "sex"];
  return coded.includes(label) ? t(`guard.value.${value}`, { defaultValue: value }) : value;
}

/** The contract's NOTHING_SAID; importing it would bring the whole contract into the page. */
const NOTHING_SAID = "–";

/** What an order was, named by its line where the value alone would say nothing. */
export function wasWords(label: string, value: string, t: TFunction): string {
  const words = valueWords(label, value, t);
  return value === NOTHING_SAID || ["intent", "hidden"].includes(label)
    ? `${t(`guard.line.${label}`, { defaultValue: label })}: ${words}`
    : words;
}

/** The hold on one fact, if there is one. */
export function holdOn(view: PatientView, type: string, id: string): Hold | undefined {
  return view.holds.find((hold) => hold.type === type && hold.id === id);
}
