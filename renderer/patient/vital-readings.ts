import type { TFunction } from "i18next";
import type { Format, News2Part, VitalValues } from "../app/index.ts";

/** One line of a set of vitals as it is read: in ward order, blood pressure as one, a null value where none was taken. */
export interface Reading {
  readonly part: News2Part;
  readonly name: string;
  readonly value: string | null;
  /** Null where the value is a word. */
  readonly unit: string | null;
}

const text = (value: number | null, format: Format, decimals?: number): string | null =>
  value === null ? null : format.number(value, decimals);

/** Whole numbers stay whole; a temperature always has its tenth. */
export function readings(values: VitalValues, t: TFunction, format: Format): readonly Reading[] {
  const { systolic, diastolic, oxygenFlow, consciousness } = values;
  const pressure =
    systolic === null && diastolic === null
      ? null
      : `${text(systolic, format) ?? "–"}/${text(diastolic, format) ?? "–"}`;
  return [
    {
      part: "respiratoryRate",
      name: t("vitals.respiratoryRate"),
      value: text(values.respiratoryRate, format),
      unit: t("vitals.perMinute"),
    },
    {
      part: "spo2",
      name: t("vitals.spo2"),
      value: text(values.spo2, format),
      unit: t("vitals.percent"),
    },
    {
      part: "oxygen",
      name: t("vitals.oxygen"),
      value: oxygenFlow === 0 ? t("vitals.air") : text(oxygenFlow, format),
      unit: oxygenFlow === 0 ? null : t("vitals.litres"),
    },
    {
      part: "systolic",
      name: t("vitals.bloodPressure"),
      value: pressure,
      unit: t("vitals.mmhg"),
    },
    {
      part: "pulse",
      name: t("vitals.pulse"),
      value: text(values.pulse, format),
      unit: t("vitals.perMinute"),
    },
    {
      part: "consciousness",
      name: t("vitals.consciousness"),
      value: consciousness === null ? null : t(`vitals.acvpu.${consciousness}`),
      unit: null,
    },
    {
      part: "temperature",
      name: t("vitals.temperature"),
      value: text(values.temperature, format, 1),
      unit: t("vitals.celsius"),
    },
  ];
}
