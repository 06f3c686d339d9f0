import type { TFunction } from "i18next";
import type { Format } from "../app/index.ts";

const vitalNames = [
  "respiratoryRate",
  "spo2",
  "oxygenFlow",
  "systolic",
  "diastolic",
  "pulse",
  "consciousness",
  "temperature",
] as const;

/** The values of an entry by their names on the ward; a name the page does not know stays as it came. */
export function valueLines(
  values: Readonly<Record<string, string>>,
  t: TFunction,
  format: Format,
): readonly { key: string; name: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => {
    if (key === "medicine" || key === "notGiven") return { key, name: t(`outbox.${key}`), value };
    return { key, name: vitalName(key, t) ?? key, value: format.digits(value) };
  });
}

/** The name of a vital sign on the ward; null for what is none. */
export function vitalName(key: string, t: TFunction): string | null {
  const known = vitalNames.find((name) => name === key);
  return known === undefined ? null : t(`vitals.${known}`);
}
