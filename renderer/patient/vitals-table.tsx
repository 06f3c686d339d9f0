import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type VitalSet, useFormat } from "../app/index.ts";
import { Moment, News2Badge, Scroll, Sign, Unit } from "../parts/index.ts";
import { readings } from "./vital-readings.ts";

/** Where a set charted on this PC stands; nothing for what came from the HIS. */
export function SetMark({ set }: { readonly set: VitalSet }): ReactNode {
  const { t } = useTranslation();
  if (set.act === null) return null;
  const { state } = set.act;
  return (
    <span className={state === "parked" ? "chip chip-danger" : "chip chip-plain"}>
      <Sign mark={state === "parked" ? "warning" : state === "acknowledged" ? "check" : "send"} />
      {t(`vitals.${state}`)}
    </span>
  );
}

/** Every set as a table: what the charts draw, for eyes and for screen readers, each value on its NEWS2 colour. */
export function VitalsTable({ sets }: { readonly sets: readonly VitalSet[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const heads = readings(nothing, t, format);
  return (
    <Scroll label={t("vitals.table")}>
      <table className="table vitals-table">
        <caption>{t("vitals.table")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("vitals.time")}</th>
            <th scope="col">{t("news2.name")}</th>
            {heads.map((head) => (
              <th scope="col" key={head.part}>
                {head.name}
                {head.unit !== null && (
                  <div className="unit">
                    <bdi dir="ltr">{head.unit}</bdi>
                  </div>
                )}
              </th>
            ))}
            <th scope="col">{t("vitals.author")}</th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <tr key={(set.act?.uuid ?? "") + set.at}>
              <th scope="row">
                <Moment at={set.at} />
              </th>
              <td>
                <News2Badge score={set.news2} />
              </td>
              {readings(set.values, t, format).map((reading) => (
                <td
                  key={reading.part}
                  className={`vital-cell part-${set.news2.parts[reading.part] ?? "none"}`}
                >
                  {reading.value === null ? (
                    <span className="quiet">–</span>
                  ) : reading.unit === null ? (
                    <bdi>{reading.value}</bdi>
                  ) : (
                    <Unit value={reading.value} />
                  )}
                </td>
              ))}
              <td>
                <bdi>{set.author ?? ""}</bdi> <SetMark set={set} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const nothing = {
  respiratoryRate: null,
  spo2: null,
  oxygenFlow: null,
  systolic: null,
  diastolic: null,
  pulse: null,
  consciousness: null,
  temperature: null,
} as const;
