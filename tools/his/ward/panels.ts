import type { Course } from "./scene.ts";

export interface Analyte {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly ucum: string;
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
  /** Beyond these a laboratory telephones the ward. */
  readonly critical?: readonly [low: number, high: number];
  /** Fraction of the range added for a course. */
  readonly shift?: Partial<Record<Course, number>>;
}
export interface Panel {
  readonly code: string;
  readonly name: string;
  readonly analytes: readonly Analyte[];
}

const sick = (amount: number): Partial<Record<Course, number>> => ({
  septic: amount,
  deteriorating: amount * 0.8,
  recovering: amount * 0.4,
});

// Codes: LOINC; units: UCUM; ranges: usual adult ones, for show only.
export const BLOOD_COUNT: Panel = {
  code: "58410-2",
  name: "Full blood count",
  analytes: [
    {
      code: "718-7",
      name: "Haemoglobin",
      unit: "g/dL",
      ucum: "g/dL",
      low: 12,
      high: 16,
      decimals: 1,
      critical: [7, 20],
      shift: { deteriorating: -0.7 },
    },
    {
      code: "6690-2",
      name: "White cell count",
      unit: "10*9/L",
      ucum: "10*9/L",
      low: 4,
      high: 11,
      decimals: 1,
      critical: [1, 30],
      shift: sick(1.4),
    },
    {
      code: "777-3",
      name: "Platelets",
      unit: "10*9/L",
      ucum: "10*9/L",
      low: 150,
      high: 400,
      decimals: 0,
      critical: [30, 1000],
      shift: { septic: -0.5 },
    },
    { code: "4544-3", name: "Haematocrit", unit: "%", ucum: "%", low: 36, high: 48, decimals: 0 },
    {
      code: "770-8",
      name: "Neutrophils",
      unit: "%",
      ucum: "%",
      low: 40,
      high: 75,
      decimals: 0,
      shift: sick(0.6),
    },
  ],
};
export const CHEMISTRY: Panel = {
  code: "24362-6",
  name: "Urea and electrolytes",
  analytes: [
    {
      code: "2951-2",
      name: "Sodium",
      unit: "mmol/L",
      ucum: "mmol/L",
      low: 135,
      high: 145,
      decimals: 0,
      critical: [120, 160],
    },
    {
      code: "2823-3",
      name: "Potassium",
      unit: "mmol/L",
      ucum: "mmol/L",
      low: 3.5,
      high: 5.1,
      decimals: 1,
      critical: [2.5, 6.5],
      shift: { deteriorating: 0.8 },
    },
    {
      code: "22664-7",
      name: "Urea",
      unit: "mmol/L",
      ucum: "mmol/L",
      low: 2.5,
      high: 7.8,
      decimals: 1,
      shift: sick(1.1),
    },
    {
      code: "14682-9",
      name: "Creatinine",
      unit: "µmol/L",
      ucum: "umol/L",
      low: 59,
      high: 104,
      decimals: 0,
      shift: sick(1),
    },
  ],
};
export const INFLAMMATION: Panel = {
  code: "1988-5",
  name: "C-reactive protein",
  analytes: [
    {
      code: "1988-5",
      name: "C-reactive protein",
      unit: "mg/L",
      ucum: "mg/L",
      low: 0,
      high: 5,
      decimals: 0,
      shift: { septic: 38, deteriorating: 20, recovering: 9, breathless: 4 },
    },
  ],
};
export const LIVER: Panel = {
  code: "24325-3",
  name: "Liver function",
  analytes: [
    { code: "1742-6", name: "ALT", unit: "U/L", ucum: "U/L", low: 7, high: 56, decimals: 0 },
    {
      code: "6768-6",
      name: "Alkaline phosphatase",
      unit: "U/L",
      ucum: "U/L",
      low: 30,
      high: 130,
      decimals: 0,
    },
    {
      code: "14631-6",
      name: "Bilirubin",
      unit: "µmol/L",
      ucum: "umol/L",
      low: 3,
      high: 21,
      decimals: 0,
    },
    {
      code: "1751-7",
      name: "Albumin",
      unit: "g/L",
      ucum: "g/L",
      low: 35,
      high: 50,
      decimals: 0,
      shift: sick(-0.7),
    },
  ],
};
export const LACTATE: Panel = {
  code: "2524-7",
  name: "Lactate",
  analytes: [
    {
      code: "2524-7",
      name: "Lactate",
      unit: "mmol/L",
      ucum: "mmol/L",
      low: 0.5,
      high: 2,
      decimals: 1,
      critical: [0, 4],
      shift: { septic: 1.2, deteriorating: 1.6 },
    },
  ],
};
export const GLUCOSE: Panel = {
  code: "15074-8",
  name: "Glucose",
  analytes: [
    {
      code: "15074-8",
      name: "Glucose",
      unit: "mmol/L",
      ucum: "mmol/L",
      low: 4,
      high: 7.8,
      decimals: 1,
      critical: [2.8, 25],
    },
  ],
};
