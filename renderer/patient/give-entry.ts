import {
  FIVE_RIGHTS,
  type Comparison,
  type Keeping,
  type MedicineCheck,
  type MedicineOrder,
  type NotGivenReason,
} from "../app/index.ts";
import { emptyOverride, type OverrideEntry, overrideProblem } from "./override-entry.ts";

/** Each looked at and ticked: the five rights and, where an order was changed unsigned, that it was compared with what it was. */
export type Tick = Comparison;
export type Right = (typeof FIVE_RIGHTS)[number];

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
  readonly ticked: ReadonlySet<Tick>;
  /** What the ticks were made in front of ({@link facing}). */
  readonly facing: string | null;
  readonly notGiven: NotGivenReason | null;
  readonly text: string;
}

export const emptyGiveEntry: GiveEntry = {
  ...emptyOverride,
  given: true,
  ticked: new Set(),
  facing: null,
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

/** What a nurse compares with: the version of the order, when the next dose is due, and when the last was given. */
export function facing({
  version,
  nextDue,
  lastGiven,
}: Pick<MedicineOrder, "version" | "nextDue" | "lastGiven">): string {
  return JSON.stringify([version, nextDue, lastGiven]);
}

/** CLINICAL: a tick says what was compared with what; of another dose, time or last giving it says nothing. */
export function ticksFor(entry: GiveEntry, now: string): ReadonlySet<Tick> {
  return entry.facing === now ? entry.ticked : new Set();
}

/** Ticks were made, and what they were made in front of has changed under her hands. */
export function isOutrun(entry: GiveEntry, now: string): boolean {
  return entry.ticked.size > 0 && entry.facing !== now;
}

export function withTick(entry: GiveEntry, now: string, tick: Tick, on: boolean): GiveEntry {
  const ticked = new Set(ticksFor(entry, now));
  if (on) ticked.add(tick);
  else ticked.delete(tick);
  return { ...entry, ticked, facing: now };
}

export type GiveProblem = "change" | "rights" | "notGiven" | "text" | "reason" | "second";

/** What is missing before it can be saved; null: nothing. `isChanged`: the order was changed unsigned. */
export function giveProblem(
  entry: GiveEntry,
  order: {
    readonly check: MedicineCheck | null;
    readonly facing: string;
    readonly isChanged: boolean;
  },
): GiveProblem | null {
  if (!entry.given) {
    if (entry.notGiven === null) return "notGiven";
    return entry.notGiven === "other" && entry.text.trim() === "" ? "text" : null;
  }
  const ticked = ticksFor(entry, order.facing);
  if (order.isChanged && !ticked.has("change")) return "change";
  if (FIVE_RIGHTS.some((right) => !ticked.has(right))) return "rights";
  return overrideProblem(entry, order.check);
}
