import { orderProblems } from "../../shared/clinical/index.ts";
import {
  instantWithOffset,
  type Keeping,
  type MedicineChoice,
  type OrderCheck,
  type OrderedDose,
  readNumber,
} from "../app/index.ts";
import { clockText, clockTime, nextTime } from "./clock-time.ts";
import { emptyOverride, type OverrideEntry, overrideProblem } from "./override-entry.ts";

export const doseUnits = [
  "mg",
  "g",
  "mcg",
  "mL",
  "units",
  "mmol",
  "tablet",
  "puff",
  "drop",
] as const satisfies readonly OrderedDose["dose"]["unit"][];
export const orderRoutes = [
  "oral",
  "sublingual",
  "intravenous",
  "intramuscular",
  "subcutaneous",
  "inhaled",
  "rectal",
] as const satisfies readonly OrderedDose["route"][];

/** Times a ward gives at, by how often a day: offered, and to be changed. */
export const usualTimes: readonly (readonly string[])[] = [
  ["08:00"],
  ["08:00", "20:00"],
  ["08:00", "14:00", "22:00"],
  ["06:00", "12:00", "18:00", "22:00"],
  ["06:00", "10:00", "14:00", "18:00", "22:00"],
  ["02:00", "06:00", "10:00", "14:00", "18:00", "22:00"],
];

/** The order as it is typed: text, so that nothing is lost or rounded before it is signed. */
export interface OrderEntry extends OverrideEntry {
  readonly medicine: MedicineChoice | null;
  /** What a chosen code is called; empty for words. */
  readonly name: string;
  readonly amount: string;
  readonly unit: OrderedDose["dose"]["unit"] | "";
  readonly route: OrderedDose["route"] | "";
  readonly needed: boolean;
  readonly times: readonly string[];
  readonly neededFor: string;
  readonly most: string;
  /** A time of day: the next one; empty: the moment of signing. */
  readonly start: string;
  readonly days: string;
  readonly indication: string;
  /** She wants it beside these orders of the same substance. */
  readonly beside: readonly string[];
}

export const emptyOrder: OrderEntry = {
  ...emptyOverride,
  medicine: null,
  name: "",
  amount: "",
  unit: "",
  route: "",
  needed: false,
  times: usualTimes[0] ?? [],
  neededFor: "",
  most: "",
  start: "",
  days: "",
  indication: "",
  beside: [],
};

/** SECURITY: a PIN is never kept. CLINICAL: nor that she wants two orders beside each other: she looks again. */
export const keptOrder: Keeping<OrderEntry> = {
  empty: emptyOrder,
  write: ({ second: _second, pin: _pin, beside: _beside, ...kept }) => kept,
  read: (kept) => ({
    ...emptyOrder,
    medicine: choiceIn(kept["medicine"]),
    name: textIn(kept["name"]),
    amount: textIn(kept["amount"]),
    unit: doseUnits.find((one) => one === kept["unit"]) ?? "",
    route: orderRoutes.find((one) => one === kept["route"]) ?? "",
    needed: kept["needed"] === true,
    times: timesIn(kept["times"]),
    neededFor: textIn(kept["neededFor"]),
    most: textIn(kept["most"]),
    start: textIn(kept["start"]),
    days: textIn(kept["days"]),
    indication: textIn(kept["indication"]),
    reason: textIn(kept["reason"]),
  }),
};

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

function timesIn(value: unknown): readonly string[] {
  const times: readonly unknown[] = Array.isArray(value) ? value : [];
  const read = times.filter((one) => typeof one === "string");
  return read.length > 0 && read.length <= usualTimes.length ? read : emptyOrder.times;
}

function choiceIn(value: unknown): MedicineChoice | null {
  if (typeof value !== "object" || value === null) return null;
  const { kind, words, system, code } = value as Readonly<Record<string, unknown>>;
  if (kind === "words" && typeof words === "string") return { kind, words };
  if (kind === "coded" && typeof system === "string" && typeof code === "string")
    return { kind, system, code };
  return null;
}

const DAY_MS = 24 * 60 * 60_000;

/** What is ordered, of what is typed; null: not all of it is there. `at`: when it is signed. */
export function doseOf(entry: OrderEntry, at: string): OrderedDose | null {
  const value = readNumber(entry.amount);
  const most = readNumber(entry.most);
  const start = entry.start.trim() === "" ? at : startOf(entry.start, at);
  const days = readNumber(entry.days);
  const { unit, route, times } = entry;
  if (unit === "" || route === "" || value === null || start === null) return null;
  if (entry.needed && most === null) return null;
  return {
    dose: { value, unit },
    route,
    frequency: entry.needed
      ? { kind: "as-needed", most: most ?? Number.NaN, reason: entry.neededFor.trim() }
      : { kind: "times", times: times.map(plainTime) },
    start,
    end: days === null ? null : later(start, days),
    reason: entry.indication.trim(),
  };
}

/** As typed where it is no time: it is refused, not guessed. */
function plainTime(typed: string): string {
  const time = clockTime(typed);
  return time === null ? typed : clockText(time);
}

/** When a typed time of the first dose is next; null: it is none. */
export function startOf(typed: string, at: string): string | null {
  const time = clockTime(typed);
  return time === null ? null : instantWithOffset(nextTime(time, new Date(at).getTime()));
}

function later(start: string, days: number): string {
  const ms = new Date(start).getTime() + days * DAY_MS;
  return Number.isNaN(ms) ? "" : instantWithOffset(ms);
}

export type OrderFault =
  | "medicine"
  | "check"
  | "same"
  | "dose"
  | "route"
  | "times"
  | "neededFor"
  | "most"
  | "start"
  | "end"
  | "reason"
  | "second";

/** What has to be put right first, in the order of the form; null: it can be signed. `check`: null while it is not there. */
export function orderFault(
  entry: OrderEntry,
  check: OrderCheck | null,
  now: string,
): OrderFault | null {
  if (entry.medicine === null) return "medicine";
  if (check === null) return "check";
  if (check.same.some(({ id }) => !entry.beside.includes(id))) return "same";
  const value = readNumber(entry.amount);
  if (value === null || !(value > 0 && value <= 1_000_000) || entry.unit === "") return "dose";
  if (entry.route === "") return "route";
  if (entry.needed) {
    if (entry.neededFor.trim().length < 2) return "neededFor";
    const most = readNumber(entry.most);
    if (most === null || !Number.isInteger(most) || most < 1 || most > 24) return "most";
  } else if (entry.times.some((time) => clockTime(time) === null)) return "times";
  const days = readNumber(entry.days);
  if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= 366)) return "end";
  const ordered = doseOf(entry, now);
  if (ordered === null) return "start";
  const [problem] = orderProblems(ordered, now);
  if (problem !== undefined) return problem;
  return overrideProblem(entry, check.check);
}
