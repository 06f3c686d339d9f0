import type { Observation } from "@medplum/fhirtypes";
import { LOINC, OBSERVATION_CATEGORY, UCUM } from "../../../shared/fhir/index.ts";
import { encounter, made, practitioner, subject } from "./scene.ts";
import type { Course, Made, Scene } from "./scene.ts";
import { DAY, HOUR, MINUTE, instant } from "./time.ts";

interface Analyte {
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
interface Panel {
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
const BLOOD_COUNT: Panel = {
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
const CHEMISTRY: Panel = {
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
const INFLAMMATION: Panel = {
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
const LIVER: Panel = {
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
const LACTATE: Panel = {
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
const GLUCOSE: Panel = {
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

/** Daily bloods of the last days, as panels: one DiagnosticReport and its Observations each. */
export function makeLabs(scene: Scene): Made[] {
  const { random, now, admitted, course } = scene;
  const days = Math.min(5, Math.max(1, Math.ceil((now - admitted) / DAY)));
  const all: Made[] = [];
  for (let day = days - 1; day >= 0; day -= 1) {
    const at = Math.max(
      admitted + 40 * MINUTE,
      now - day * DAY - 5 * HOUR - random.int(0, 50) * MINUTE,
    );
    const panels = [BLOOD_COUNT, CHEMISTRY];
    if (course !== "stable" || day % 2 === 0) panels.push(INFLAMMATION);
    if (day === 0 || day === days - 1) panels.push(LIVER);
    if (course === "septic" || course === "deteriorating") panels.push(LACTATE);
    for (const panel of panels) all.push(...makePanel(scene, panel, at));
    if (scene.illnesses.includes("E11.9"))
      for (const hour of [0, 5, 10])
        if (at + hour * HOUR < now) all.push(...makePanel(scene, GLUCOSE, at + hour * HOUR));
  }
  return all;
}

function makePanel(scene: Scene, panel: Panel, at: number): Made[] {
  const results = panel.analytes.map((analyte) => makeResult(scene, analyte, at));
  const doctor = scene.random.pick(scene.doctors);
  const report = made(
    scene,
    {
      resourceType: "DiagnosticReport",
      id: scene.random.uuid(),
      status: "final",
      category: [
        {
          coding: [
            {
              system: "http://terminology.hl7.org/CodeSystem/v2-0074",
              code: "LAB",
              display: "Laboratory",
            },
          ],
        },
      ],
      code: {
        coding: [{ system: LOINC, code: panel.code, display: panel.name }],
        text: panel.name,
      },
      subject: subject(scene),
      encounter: encounter(scene),
      effectiveDateTime: instant(at),
      issued: instant(at + 70 * MINUTE),
      resultsInterpreter: [practitioner(doctor)],
      result: results.map((result) => ({
        reference: `Observation/${result.id}`,
        display: result.code.text ?? "",
      })),
    },
    at + 70 * MINUTE,
  );
  return [...results.map((result) => made(scene, result, at + 70 * MINUTE)), report];
}

function makeResult(scene: Scene, analyte: Analyte, at: number): Observation & { id: string } {
  const { random } = scene;
  const span = analyte.high - analyte.low;
  const middle = analyte.low + span / 2 + span * (analyte.shift?.[scene.course] ?? 0);
  const raw = Math.max(analyte.low * 0.3, random.normal(middle, span * 0.22));
  const value = Number(raw.toFixed(analyte.decimals));
  const unit = { unit: analyte.unit, system: UCUM, code: analyte.ucum };
  const mark = interpretation(analyte, value);
  return {
    resourceType: "Observation",
    id: random.uuid(),
    status: "final",
    category: [
      { coding: [{ system: OBSERVATION_CATEGORY, code: "laboratory", display: "Laboratory" }] },
    ],
    code: {
      coding: [{ system: LOINC, code: analyte.code, display: analyte.name }],
      text: analyte.name,
    },
    subject: subject(scene),
    encounter: encounter(scene),
    effectiveDateTime: instant(at),
    issued: instant(at + 70 * MINUTE),
    valueQuantity: { value, ...unit },
    interpretation: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            code: mark,
          },
        ],
        text: mark,
      },
    ],
    referenceRange: [
      {
        low: { value: analyte.low, ...unit },
        high: { value: analyte.high, ...unit },
        text: `${analyte.low}–${analyte.high} ${analyte.unit}`,
      },
    ],
  };
}

function interpretation(analyte: Analyte, value: number): "N" | "L" | "H" | "LL" | "HH" {
  const [criticalLow, criticalHigh] = analyte.critical ?? [-Infinity, Infinity];
  if (value < criticalLow) return "LL";
  if (value > criticalHigh) return "HH";
  if (value < analyte.low) return "L";
  return value > analyte.high ? "H" : "N";
}
