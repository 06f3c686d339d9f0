import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type PatientBanner,
  type VitalSet,
  useFormat,
  useNavigation,
  useStatus,
} from "../app/index.ts";
import { Moment, News2Badge, Scroll, Sign, Unit } from "../parts/index.ts";
import { CorrectDialog } from "./correct.tsx";
import { readings } from "./vital-readings.ts";

/** Where a set charted on this PC stands; nothing for what came from the HIS. */
export function SetMark({ set }: { readonly set: VitalSet }): ReactNode {
  const { t } = useTranslation();
  const own = set.act ?? set.correction ?? null;
  if (own === null) return null;
  const { state } = own;
  return (
    <span className={state === "parked" ? "chip chip-danger" : "chip chip-plain"}>
      <Sign mark={state === "parked" ? "warning" : state === "acknowledged" ? "check" : "send"} />
      {set.act === null && `${t("correct.corrected")} · `}
      {t(`vitals.${state}`)}
    </span>
  );
}

/** Every set as a table: what the charts draw, for eyes and for screen readers, each value on its NEWS2 colour. */
export function VitalsTable(props: {
  readonly banner: PatientBanner;
  readonly sets: readonly VitalSet[];
}): ReactNode {
  const { banner, sets } = props;
  const { t } = useTranslation();
  const { session } = useStatus();
  const { go } = useNavigation();
  const [correcting, setCorrecting] = useState<VitalSet | null>(null);
  // An emergency access reads; a pharmacist charts no vitals.
  const charts =
    session.emergency === null &&
    (session.clinician?.roles.some((role) => role === "nurse" || role === "doctor") ?? false);
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
            {charts && (
              <th scope="col">
                <span className="hidden">{t("correct.button")}</span>
              </th>
            )}
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
              {charts && (
                <td>
                  {isUnsent(set) ? (
                    <button type="button" className="link" onClick={() => go({ screen: "outbox" })}>
                      {t("correct.unsent")}
                    </button>
                  ) : (
                    set.ids !== undefined &&
                    set.ids.length > 0 &&
                    set.correction == null && (
                      <button type="button" className="link" onClick={() => setCorrecting(set)}>
                        {t("correct.button")}
                      </button>
                    )
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {correcting !== null && (
        <CorrectDialog banner={banner} set={correcting} close={() => setCorrecting(null)} />
      )}
    </Scroll>
  );
}

/** What the HIS does not hold yet, or a correction of it, is taken back in the outbox. */
function isUnsent({ act, correction }: VitalSet): boolean {
  const state = (act ?? correction)?.state;
  return state === "waiting" || state === "parked";
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
