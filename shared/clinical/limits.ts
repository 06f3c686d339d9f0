import type { VitalName } from "../contract/parts.ts";

export type MeasuredVital = Exclude<VitalName, "consciousness">;

export interface Limits {
  readonly unit: string;
  /** Outside: cannot be a measurement (a slip of the hand, a wrong unit); not saved, not scored. */
  readonly hard: readonly [low: number, high: number];
  /** Outside: happens, but rarely enough that she looks again and confirms. */
  readonly plausible: readonly [low: number, high: number];
}

/**
 * Limits of the vitals form, inclusive, in the units of `VitalValues` (UCUM). CLINICAL: these are this product's, drawn
 * wide of what devices report and patients survive; no guideline sets them. To be reviewed by the site's clinical
 * safety officer (docs/hazard-log.md).
 */
export const VITAL_LIMITS: Readonly<Record<MeasuredVital, Limits>> = {
  respiratoryRate: { unit: "/min", hard: [0, 99], plausible: [6, 45] },
  spo2: { unit: "%", hard: [1, 100], plausible: [75, 100] },
  oxygenFlow: { unit: "L/min", hard: [0, 80], plausible: [0, 15] },
  systolic: { unit: "mm[Hg]", hard: [0, 350], plausible: [60, 240] },
  diastolic: { unit: "mm[Hg]", hard: [0, 250], plausible: [30, 140] },
  pulse: { unit: "/min", hard: [0, 350], plausible: [30, 180] },
  temperature: { unit: "Cel", hard: [20, 46], plausible: [34, 41.5] },
};

/** Whether the value can be a measurement at all. */
export function withinLimits(name: MeasuredVital, value: number): boolean {
  const [low, high] = VITAL_LIMITS[name].hard;
  return Number.isFinite(value) && value >= low && value <= high;
}

/** Whether the value is one that needs no second look. */
export function plausibleValue(name: MeasuredVital, value: number): boolean {
  const [low, high] = VITAL_LIMITS[name].plausible;
  return value >= low && value <= high;
}
