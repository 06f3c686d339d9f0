import type { TFunction } from "i18next";
import type { VitalSet } from "../app/index.ts";

/** One chart: its series over the times of the sets (seconds, oldest first) and the least span of its axis. */
export interface Trend {
  readonly name: string;
  readonly unit: string | null;
  readonly times: readonly number[];
  readonly series: readonly (readonly (number | null)[])[];
  readonly span: number;
  readonly floor: number;
  readonly ceiling: number;
}

/** The charts of the vitals in ward order, NEWS2 first. `sets` come newest first. */
export function trendsOf(sets: readonly VitalSet[], t: TFunction): readonly Trend[] {
  const inTime = sets.toReversed();
  const times = inTime.map((set) => new Date(set.at).getTime() / 1000);
  const of = (pick: (set: VitalSet) => number | null): (number | null)[] => inTime.map(pick);
  const open = { floor: 0, ceiling: Number.POSITIVE_INFINITY };
  return [
    {
      name: t("news2.name"),
      unit: null,
      times,
      series: [of((set) => set.news2.total)],
      span: 8,
      floor: 0,
      ceiling: 20,
    },
    {
      name: t("vitals.respiratoryRate"),
      unit: t("vitals.perMinute"),
      times,
      series: [of((set) => set.values.respiratoryRate)],
      span: 16,
      ...open,
    },
    {
      name: t("vitals.spo2"),
      unit: t("vitals.percent"),
      times,
      series: [of((set) => set.values.spo2)],
      span: 12,
      floor: 0,
      ceiling: 100,
    },
    {
      name: t("vitals.bloodPressure"),
      unit: t("vitals.mmhg"),
      times,
      series: [of((set) => set.values.systolic), of((set) => set.values.diastolic)],
      span: 80,
      ...open,
    },
    {
      name: t("vitals.pulse"),
      unit: t("vitals.perMinute"),
      times,
      series: [of((set) => set.values.pulse)],
      span: 60,
      ...open,
    },
    {
      name: t("vitals.temperature"),
      unit: t("vitals.celsius"),
      times,
      series: [of((set) => set.values.temperature)],
      span: 3,
      ...open,
    },
  ];
}
