import type { Observation } from "@medplum/fhirtypes";
import { LOINC, OBSERVATION_CATEGORY, UCUM } from "../../../shared/fhir/index.ts";
import { BLOOD_COUNT, CHEMISTRY, GLUCOSE, INFLAMMATION, LACTATE, LIVER } from "./panels.ts";
import type { Analyte, Panel } from "./panels.ts";
import { encounter, made, practitioner, subject } from "./scene.ts";
import type { Made, Scene } from "./scene.ts";
import { DAY, HOUR, MINUTE, instant } from "./time.ts";

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
