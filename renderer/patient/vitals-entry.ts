export { instantWithOffset } from "../app/index.ts";
import { clockTime } from "./clock-time.ts";
import { levels, readNumber, type VitalName, type VitalValues } from "../app/index.ts";

/** The fields that are typed, in ward order. */
export const typedFields = [
  "respiratoryRate",
  "spo2",
  "oxygenFlow",
  "systolic",
  "diastolic",
  "pulse",
  "temperature",
] as const;
export type TypedField = (typeof typedFields)[number];

/** The form as it stands: text as typed, so that nothing is lost or rounded before it is saved. */
export interface VitalsEntry {
  /** Made once a form and kept in its draft, so that a set saved twice is the same act. */
  readonly uuid: string;
  readonly typed: Readonly<Record<TypedField, string>>;
  readonly oxygen: "air" | "oxygen" | null;
  readonly consciousness: VitalValues["consciousness"];
  /** Time taken as typed; empty: the moment of saving. */
  readonly time: string;
  readonly confirmed: readonly VitalName[];
}

export function emptyEntry(uuid: string): VitalsEntry {
  return {
    uuid,
    typed: {
      respiratoryRate: "",
      spo2: "",
      oxygenFlow: "",
      systolic: "",
      diastolic: "",
      pulse: "",
      temperature: "",
    },
    oxygen: null,
    consciousness: null,
    time: "",
    confirmed: [],
  };
}

export function isEmpty(entry: VitalsEntry): boolean {
  return (
    typedFields.every((field) => entry.typed[field].trim() === "") &&
    entry.oxygen === null &&
    entry.consciousness === null
  );
}

/** The values typed so far, and the fields whose text is not a number (their value is null). */
export function valuesOf(entry: VitalsEntry): {
  readonly values: VitalValues;
  readonly notNumbers: readonly TypedField[];
} {
  const notNumbers: TypedField[] = [];
  const read = (field: TypedField): number | null => {
    const value = readNumber(entry.typed[field]);
    if (value === null || !Number.isNaN(value)) return value;
    notNumbers.push(field);
    return null;
  };
  return {
    values: {
      respiratoryRate: read("respiratoryRate"),
      spo2: read("spo2"),
      oxygenFlow: entry.oxygen === "air" ? 0 : entry.oxygen === null ? null : read("oxygenFlow"),
      systolic: read("systolic"),
      diastolic: read("diastolic"),
      pulse: read("pulse"),
      consciousness: entry.consciousness,
      temperature: read("temperature"),
    },
    notNumbers,
  };
}

/** A confirmation belongs to the value that was looked at: another value must be confirmed anew. */
export function typeInto(entry: VitalsEntry, field: TypedField, text: string): VitalsEntry {
  return {
    ...entry,
    typed: { ...entry.typed, [field]: text },
    confirmed: entry.confirmed.filter((name) => name !== field),
  };
}

const DAY_MS = 24 * 3_600_000;

/**
 * The moment a typed time means, in milliseconds: empty is `now`; otherwise the last time this PC's clock showed it
 * (a few minutes ahead still count as today, so that a fast watch is told of, not moved to yesterday). NaN: not a time.
 */
export function timeTaken(text: string, now: number): number {
  if (text.trim() === "") return now;
  const typed = clockTime(text);
  if (typed === null) return Number.NaN;
  const { hour, minute } = typed;
  const moment = new Date(now);
  moment.setHours(hour, minute, 0, 0);
  const ahead = moment.getTime() - now;
  if (ahead <= 30 * 60_000) return moment.getTime();
  moment.setTime(moment.getTime() - DAY_MS);
  // A day with a clock change is not 24 hours long.
  moment.setHours(hour, minute, 0, 0);
  return moment.getTime();
}

/** Reads a kept draft; null for anything this version does not understand. */
export function readDraft(text: string): VitalsEntry | null {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return null;
    const { uuid, typed, oxygen, consciousness, time, confirmed } = kept as Record<string, unknown>;
    if (typeof uuid !== "string" || typeof typed !== "object" || typed === null) return null;
    const texts = typed as Record<string, unknown>;
    const blank = emptyEntry(uuid);
    return {
      ...blank,
      typed: Object.fromEntries(
        typedFields.map((field) => {
          const value = texts[field];
          return [field, typeof value === "string" ? value : ""];
        }),
      ) as Record<TypedField, string>,
      oxygen: oxygen === "air" || oxygen === "oxygen" ? oxygen : null,
      consciousness: levels.find((level) => level === consciousness) ?? null,
      time: typeof time === "string" ? time : "",
      confirmed: Array.isArray(confirmed)
        ? typedFields.filter((field) => confirmed.includes(field))
        : [],
    };
  } catch {
    return null;
  }
}
