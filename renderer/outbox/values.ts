import type { TFunction } from "i18next";
import { type Format, levels, vitalUnits } from "../app/index.ts";

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

/** One value as it is read on the ward. */
interface ValueLine {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  /** Null where the value is a word. */
  readonly unit: string | null;
}

/**
 * The values of an entry as the ward says them: a blood pressure as one, air instead of no oxygen, a level by its word. A
 * name the page does not know stays as it came.
 */
export function valueLines(
  values: Readonly<Record<string, string>>,
  t: TFunction,
  format: Format,
): readonly ValueLine[] {
  const { systolic, diastolic } = values;
  const isPair = systolic !== undefined && diastolic !== undefined;
  return Object.entries(values).flatMap(([key, value]): ValueLine[] => {
    if (key === "medicine" || key === "notGiven")
      return [{ key, name: t(`outbox.${key}`), value, unit: null }];
    if (key === "dose" || key === "route")
      return [{ key, name: t(`medicine.${key}`), value, unit: null }];
    if (isPair && key === "diastolic") return [];
    if (isPair && key === "systolic") {
      const pair = `${format.digits(systolic)}/${format.digits(diastolic)}`;
      return [{ key, name: t("vitals.bloodPressure"), value: pair, unit: t("vitals.mmhg") }];
    }
    if (key === "oxygenFlow" && Number(value) === 0)
      return [{ key, name: t("vitals.oxygen"), value: t("vitals.air"), unit: null }];
    const level = key === "consciousness" && levels.find((one) => one === value);
    const unit = Object.entries(vitalUnits).find(([name]) => name === key)?.[1];
    return [
      {
        key,
        name: vitalName(key, t) ?? key,
        value: level ? t(`vitals.acvpu.${level}`) : format.digits(value),
        unit: unit === undefined ? null : t(`vitals.${unit}`),
      },
    ];
  });
}

/** The name of a vital sign on the ward; null for what is none. */
export function vitalName(key: string, t: TFunction): string | null {
  const known = vitalNames.find((name) => name === key);
  return known === undefined ? null : t(`vitals.${known}`);
}
