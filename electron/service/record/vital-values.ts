import { ACVPU_SYSTEM } from "../../../shared/clinical/codes.ts";
import type { VitalValues } from "../../../shared/contract/index.ts";
import { UCUM, type Quantity } from "../../../shared/fhir/index.ts";

export type Measured = Exclude<keyof VitalValues, "consciousness">;

/** UCUM units of the vital signs: code, then what is written. */
const UNITS: Readonly<Record<Measured, readonly [code: string, unit: string]>> = {
  respiratoryRate: ["/min", "breaths/min"],
  spo2: ["%", "%"],
  oxygenFlow: ["L/min", "L/min"],
  systolic: ["mm[Hg]", "mmHg"],
  diastolic: ["mm[Hg]", "mmHg"],
  pulse: ["/min", "beats/min"],
  temperature: ["Cel", "°C"],
};

const ACVPU_TEXT = {
  A: "Alert",
  C: "New confusion",
  V: "Responds to voice",
  P: "Responds to pain",
  U: "Unresponsive",
} as const;

/** A measured value as FHIR writes it. */
export function quantityOf(name: Measured, value: number): Quantity {
  const [code, unit] = UNITS[name];
  return { value, unit, system: UCUM, code };
}

/** LOINC's answer list for 67775-7 has no "new confusion", so levels are coded in our own system (RCP NEWS2, 2017). */
export function consciousnessValue(level: keyof typeof ACVPU_TEXT): object {
  const text = ACVPU_TEXT[level];
  return { coding: [{ system: ACVPU_SYSTEM, code: level, display: text }], text };
}
