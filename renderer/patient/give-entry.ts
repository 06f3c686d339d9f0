import type { Keeping, MedicineCheck, NotGivenReason } from "../app/index.ts";
import { emptyOverride, type OverrideEntry, overrideProblem } from "./override-entry.ts";

/** The five rights, each looked at and ticked. */
export const rights = ["patient", "medicine", "dose", "route", "time"] as const;
export type Right = (typeof rights)[number];

export const notGivenReasons: readonly NotGivenReason[] = [
  "refused",
  "not-available",
  "nil-by-mouth",
  "asleep",
  "off-ward",
  "clinical",
  "other",
];

/** What is typed in the dialog of one dose. */
export interface GiveEntry extends OverrideEntry {
  readonly given: boolean;
  readonly ticked: ReadonlySet<Right>;
  readonly notGiven: NotGivenReason | null;
  readonly text: string;
}

export const emptyGiveEntry: GiveEntry = {
  ...emptyOverride,
  given: true,
  ticked: new Set(),
  notGiven: null,
  text: "",
};

/** SECURITY: the second clinician's PIN is never kept. CLINICAL: nor are the ticks: each is made in front of the patient. */
export const keptGiving: Keeping<GiveEntry> = {
  empty: emptyGiveEntry,
  write: ({ given, notGiven, text, reason }) => ({ given, notGiven, text, reason }),
  read: ({ given, notGiven, text, reason }) => ({
    ...emptyGiveEntry,
    given: given !== false,
    notGiven: notGivenReasons.find((one) => one === notGiven) ?? null,
    text: typeof text === "string" ? text : "",
    reason: typeof reason === "string" ? reason : "",
  }),
};

export type GiveProblem = "rights" | "notGiven" | "text" | "reason" | "second";

/** What is missing before it can be saved; null: nothing. */
export function giveProblem(entry: GiveEntry, check: MedicineCheck | null): GiveProblem | null {
  if (!entry.given) {
    if (entry.notGiven === null) return "notGiven";
    return entry.notGiven === "other" && entry.text.trim() === "" ? "text" : null;
  }
  if (rights.some((right) => !entry.ticked.has(right))) return "rights";
  return overrideProblem(entry, check);
}
