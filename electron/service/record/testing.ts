import { makeOrderAct } from "./order-act.ts";
import type { OrderActInput } from "./order-act.ts";
import { makeVitalsAct } from "./vitals-act.ts";
import type { Act } from "../../../shared/trust/index.ts";

/** Where and when an act was charted on which PC. */
type Frame = Pick<OrderActInput, "uuid" | "patient" | "workstation" | "at">;

/** A pulse and a temperature, charted by a nurse. */
export function vitalsOf(frame: Frame, pulse: number, author = "nurse-1"): Act {
  return makeVitalsAct({
    ...frame,
    encounter: null,
    author,
    values: {
      respiratoryRate: null,
      spo2: null,
      oxygenFlow: null,
      systolic: null,
      diastolic: null,
      pulse,
      consciousness: null,
      temperature: 37,
    },
  });
}

/** Ibuprofen by mouth twice a day from then on, ordered by a doctor. */
export function orderOf(frame: Frame, change: Partial<OrderActInput> = {}): Act {
  return makeOrderAct({
    encounter: null,
    author: "doctor-1",
    medicine: { kind: "words", words: "Ibuprofen" },
    dose: { value: 400, unit: "mg" },
    route: "oral",
    frequency: { kind: "times", times: ["08:00", "20:00"] },
    start: frame.at,
    end: null,
    reason: "",
    override: null,
    ...frame,
    ...change,
  });
}
