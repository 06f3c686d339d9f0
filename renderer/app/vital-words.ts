import { Consciousness } from "../../shared/contract/index.ts";

/** AVPU with C for new confusion, in ward order. */
export const levels = Consciousness.options;

/** The wording of each measured value's unit: `vitals.<unit>`. */
export const vitalUnits = {
  respiratoryRate: "perMinute",
  spo2: "percent",
  oxygenFlow: "litres",
  systolic: "mmhg",
  diastolic: "mmhg",
  pulse: "perMinute",
  temperature: "celsius",
} as const;
