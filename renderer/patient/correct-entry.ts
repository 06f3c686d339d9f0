import {
  type Keeping,
  levels,
  readNumber,
  type VitalName,
  type VitalSet,
  type VitalValues,
} from "../app/index.ts";
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

/** The values that a set states, in ward order. */
export function valuesIn({ values }: VitalSet): readonly VitalName[] {
  return vitalNames.filter((name) => values[name] !== null);
}

const vitalNames = [...typedFields, "consciousness"] as const;
/** Kept while it is typed. CLINICAL: that an odd value is right is said anew. */
export const keptCorrection: Keeping<Correction> = {
  empty: emptyCorrection,
  write: ({ typed, consciousness, wrong, reason }) => ({ typed, consciousness, wrong, reason }),
  read: ({ typed, consciousness, wrong, reason }) => ({
    typed: typedIn(typed),
    consciousness: levels.find((level) => level === consciousness) ?? null,
    wrong: Array.isArray(wrong) ? vitalNames.filter((name) => wrong.includes(name)) : [],
    confirmed: [],
    reason: typeof reason === "string" ? reason : "",
  }),
};

function typedIn(kept: unknown): Correction["typed"] {
  if (typeof kept !== "object" || kept === null) return {};
  const texts = new Map<string, unknown>(Object.entries(kept));
  return Object.fromEntries(
    typedFields.flatMap((name) => {
      const text = texts.get(name);
      return typeof text === "string" ? [[name, text]] : [];
    }),
  );
}

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
