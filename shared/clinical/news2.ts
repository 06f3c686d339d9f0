import type { News2, News2Part, VitalValues } from "../contract/parts.ts";
import { withinLimits } from "./limits.ts";

/**
 * NEWS2 after the published chart: Royal College of Physicians. National Early Warning Score (NEWS) 2: Standardising
 * the assessment of acute-illness severity in the NHS. Updated report of a working party. London: RCP, 2017 (chart 1,
 * the scoring system; chart 2, thresholds and triggers).
 */
export interface News2Context {
  /** Whole years; null when it is not known on which side of 16 the patient is. */
  readonly ageYears: number | null;
  readonly pregnant: boolean;
  /**
   * CLINICAL: scale 2 (target 88–92 %) only where a clinician has set it for hypercapnic respiratory failure (RCP 2017).
   */
  readonly spo2Scale: 1 | 2;
}

export const NEWS2_PARTS = [
  "respiratoryRate",
  "spo2",
  "oxygen",
  "systolic",
  "pulse",
  "consciousness",
  "temperature",
] as const satisfies readonly News2Part[];

type Score = 0 | 1 | 2 | 3;
/** Upper edge of each band, inclusive, ascending; the last one has none. */
type Bands = readonly (readonly [upTo: number, score: Score])[];

// CLINICAL: RCP NEWS2 2017, chart 1.
const RESPIRATORY_RATE: Bands = [
  [8, 3],
  [11, 1],
  [20, 0],
  [24, 2],
  [Infinity, 3],
];
const SPO2_SCALE_1: Bands = [
  [91, 3],
  [93, 2],
  [95, 1],
  [Infinity, 0],
];
const SPO2_SCALE_2_LOW: Bands = [
  [83, 3],
  [85, 2],
  [87, 1],
  [Infinity, 0],
];
const SPO2_SCALE_2_ON_OXYGEN: Bands = [
  [83, 3],
  [85, 2],
  [87, 1],
  [92, 0],
  [94, 1],
  [96, 2],
  [Infinity, 3],
];
const SYSTOLIC: Bands = [
  [90, 3],
  [100, 2],
  [110, 1],
  [219, 0],
  [Infinity, 3],
];
const PULSE: Bands = [
  [40, 3],
  [50, 1],
  [90, 0],
  [110, 1],
  [130, 2],
  [Infinity, 3],
];
const TEMPERATURE: Bands = [
  [35, 3],
  [36, 1],
  [38, 0],
  [39, 1],
  [Infinity, 2],
];

function band(value: number, bands: Bands): Score {
  for (const [upTo, score] of bands) if (value <= upTo) return score;
  return 3;
}

/**
 * Scores one set of vital signs. The total is null, with its reason, under 16 years, in pregnancy, where the age is not
 * known, and where a parameter is missing; parts are scored as far as they can be. Units are those of `VitalValues`.
 * A value outside what can be measured at all (`limits.ts`) counts as missing. Values are rounded to the resolution of
 * the chart (whole numbers; a tenth of a degree) before they are looked up.
 */
export function news2(values: VitalValues, context: News2Context): News2 {
  const parts: News2["parts"] = {};
  const missing: News2Part[] = [];
  for (const part of NEWS2_PARTS) {
    const score = scorePart(part, values, context.spo2Scale);
    if (score === null) missing.push(part);
    else parts[part] = score;
  }
  const without = reason(context, missing);
  const scores = Object.values(parts);
  const total = without === null ? scores.reduce((sum, score) => sum + score, 0) : null;
  return {
    total,
    without,
    missing,
    parts,
    risk: total === null ? null : risk(total, scores),
  };
}

function reason(context: News2Context, missing: readonly News2Part[]): News2["without"] {
  // CLINICAL: NEWS2 is not for children under 16 nor in pregnancy (RCP 2017); being out of scope is said before a gap.
  if (context.ageYears === null) return context.pregnant ? "pregnant" : "age-unknown";
  if (context.ageYears < 16) return "under-16";
  if (context.pregnant) return "pregnant";
  return missing.length > 0 ? "incomplete" : null;
}

// CLINICAL: RCP NEWS2 2017, chart 2. 0–4 low; 3 in a single parameter low–medium; 5–6 medium; 7 and over high.
function risk(total: number, scores: readonly number[]): NonNullable<News2["risk"]> {
  if (total >= 7) return "high";
  if (total >= 5) return "medium";
  return scores.includes(3) ? "single-3" : "low";
}

function scorePart(part: News2Part, values: VitalValues, scale: 1 | 2): Score | null {
  switch (part) {
    case "respiratoryRate":
      return whole(values, "respiratoryRate", RESPIRATORY_RATE);
    case "spo2":
      return scale === 1 ? whole(values, "spo2", SPO2_SCALE_1) : spo2Scale2(values);
    case "oxygen":
      return oxygen(values);
    case "systolic":
      return whole(values, "systolic", SYSTOLIC);
    case "pulse":
      return whole(values, "pulse", PULSE);
    case "consciousness":
      // CLINICAL: new confusion, voice, pain and unresponsive all score 3 (RCP 2017: ACVPU).
      return values.consciousness === null ? null : values.consciousness === "A" ? 0 : 3;
    case "temperature": {
      const celsius = measured(values, "temperature");
      return celsius === null ? null : band(Math.round(celsius * 10) / 10, TEMPERATURE);
    }
  }
}

type Measured = Exclude<keyof VitalValues, "consciousness">;

function measured(values: VitalValues, name: Measured): number | null {
  const value = values[name];
  return value !== null && withinLimits(name, value) ? value : null;
}

function whole(values: VitalValues, name: Measured, bands: Bands): Score | null {
  const value = measured(values, name);
  return value === null ? null : band(Math.round(value), bands);
}

function oxygen(values: VitalValues): Score | null {
  const flow = measured(values, "oxygenFlow");
  if (flow === null) return null;
  return flow > 0 ? 2 : 0;
}

/** On scale 2 a saturation of 93 % and more scores only on oxygen; without knowing about oxygen it has no score. */
function spo2Scale2(values: VitalValues): Score | null {
  const value = measured(values, "spo2");
  if (value === null) return null;
  const spo2 = Math.round(value);
  if (spo2 <= 92) return band(spo2, SPO2_SCALE_2_LOW);
  const oxygenScore = oxygen(values);
  if (oxygenScore === null) return null;
  return oxygenScore === 0 ? 0 : band(spo2, SPO2_SCALE_2_ON_OXYGEN);
}
