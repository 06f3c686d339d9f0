import { readNumber, type VitalName, type VitalSet, type VitalValues } from "../app/index.ts";
import { type TypedField, typedFields } from "./vitals-entry.ts";

/** The correction as it is being typed: what is left empty stays as it was charted. */
export interface Correction {
  readonly typed: Readonly<Partial<Record<TypedField, string>>>;
  readonly consciousness: VitalValues["consciousness"];
  readonly wrong: readonly VitalName[];
  readonly confirmed: readonly VitalName[];
  readonly reason: string;
}

export const emptyCorrection: Correction = {
  typed: {},
  consciousness: null,
  wrong: [],
  confirmed: [],
  reason: "",
};

/** What would be put right: only what differs from what was charted. CLINICAL: a blood pressure is in error as a whole. */
export function correctionOf(
  set: VitalSet,
  entry: Correction,
): {
  readonly values: Partial<VitalValues>;
  readonly wrong: readonly VitalName[];
  readonly notNumbers: readonly VitalName[];
  readonly isEmpty: boolean;
} {
  const pressure = (["systolic", "diastolic"] as const).filter((name) => set.values[name] !== null);
  const wrong = [
    ...new Set(
      entry.wrong.flatMap((name): VitalName[] =>
        name === "systolic" || name === "diastolic" ? [...pressure] : [name],
      ),
    ),
  ];
  const notNumbers: VitalName[] = [];
  const values: { -readonly [K in keyof VitalValues]?: VitalValues[K] } = {};
  for (const name of typedFields) {
    const value = readNumber(entry.typed[name] ?? "");
    if (value === null || wrong.includes(name)) continue;
    if (Number.isNaN(value)) notNumbers.push(name);
    else if (value !== set.values[name]) values[name] = value;
  }
  // The other half is judged with it: a pressure is plausible as a pair.
  if (values.systolic !== undefined || values.diastolic !== undefined)
    for (const name of pressure) values[name] ??= set.values[name];
  const { consciousness } = entry;
  const isOther = consciousness !== null && consciousness !== set.values.consciousness;
  if (isOther && !wrong.includes("consciousness")) values.consciousness = consciousness;
  return {
    values,
    wrong,
    notNumbers,
    isEmpty: wrong.length === 0 && Object.keys(values).length === 0 && notNumbers.length === 0,
  };
}
