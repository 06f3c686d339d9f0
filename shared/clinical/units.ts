import { field, number, text } from "./read.ts";
import { withinLimits } from "./limits.ts";
import type { MeasuredVital } from "./limits.ts";

/** What a recorded unit is worth in the unit of `VitalValues`. */
type Convert = (value: number) => number;
const same: Convert = (value) => value;
const perMinute: Readonly<Record<string, Convert>> = Object.fromEntries(
  [
    "/min",
    "{beats}/min",
    "{breaths}/min",
    "beats/min",
    "breaths/min",
    "beats/minute",
    "breaths/minute",
    "bpm",
    "1/min",
    "min-1",
  ].map((unit) => [unit, same]),
);
const pressure: Readonly<Record<string, Convert>> = {
  "mm[hg]": same,
  mmhg: same,
  "mm hg": same,
  kpa: (value) => value * 7.500_617,
};

const UNITS: Readonly<Record<MeasuredVital, Readonly<Record<string, Convert>>>> = {
  respiratoryRate: perMinute,
  pulse: perMinute,
  spo2: { "%": same, percent: same, "%{hemoglobin}": same },
  oxygenFlow: {
    "l/min": same,
    lpm: same,
    "l/minute": same,
    "ml/min": (value) => value / 1000,
  },
  systolic: pressure,
  diastolic: pressure,
  temperature: {
    cel: same,
    "°c": same,
    c: same,
    "deg c": same,
    "[degf]": (value) => (value - 32) / 1.8,
    "°f": (value) => (value - 32) / 1.8,
    "deg f": (value) => (value - 32) / 1.8,
  },
};

/**
 * A vital sign's Quantity in the unit of `VitalValues`, to a tenth (oxygen flow to a hundredth). Null for an unknown
 * unit, and for a value without unit that cannot be in the expected one: nothing is guessed.
 */
export function vitalQuantity(name: MeasuredVital, quantity: unknown): number | null {
  const value = number(field(quantity, "value"));
  if (value === null || text(field(quantity, "comparator")) !== null) return null;
  const unit = text(field(quantity, "code")) ?? text(field(quantity, "unit"));
  const convert =
    unit === null
      ? same
      : (own(UNITS[name], unit) ?? own(UNITS[name], text(field(quantity, "unit"))));
  if (convert === null) return null;
  const converted = round(convert(value), name === "oxygenFlow" ? 100 : 10);
  return unit === null && !withinLimits(name, converted) ? null : converted;
}

function own(table: Readonly<Record<string, Convert>>, unit: string | null): Convert | null {
  const key = unit?.toLowerCase() ?? "";
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

function round(value: number, parts: number): number {
  const rounded = Math.round(value * parts) / parts;
  return Number.isFinite(rounded) ? rounded : value;
}
