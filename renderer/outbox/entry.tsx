import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type OutboxEntry, useFormat, useNavigation } from "../app/index.ts";
import { Ago, clinicianName, Moment, nameLine, Sign } from "../parts/index.ts";
import { ValueList } from "./value-list.tsx";
import { Why } from "./why.tsx";

const marks = {
  waiting: "clock",
  sending: "send",
  parked: "warning",
  acknowledged: "check",
  settled: "close",
} as const;

const ofMedicines = new Set<OutboxEntry["kind"]>(["administration", "order"]);

/** One act: what it says, of whom, by whom, and where it stands. */
export function Entry({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { go } = useNavigation();
  const { language } = format.settings;
  const name =
    entry.patientName === null ? t("outbox.unknownPatient") : nameLine(entry.patientName, language);
  return (
    <tr className={`outbox-${entry.state}`}>
      <td>
        <div>
          <button
            type="button"
            className="link"
            disabled={entry.patientName === null}
            onClick={() =>
              go({
                screen: "patient",
                patient: entry.patient,
                tab: ofMedicines.has(entry.kind) ? "medicines" : "vitals",
              })
            }
          >
            {t(`outbox.for.${entry.kind}`, { name })}
          </button>
          {entry.bed !== null && (
            <span className="quiet"> · {t("outbox.bed", { bed: entry.bed })}</span>
          )}
        </div>
        <ValueList entry={entry} small />
        {entry.said !== null && entry.kind !== "resolution" && (
          <p className="small">
            <span className="quiet">{t("outbox.said")}</span> <bdi>{entry.said}</bdi>
          </p>
        )}
      </td>
      <td>
        <bdi>{clinicianName(entry.author, language)}</bdi>
      </td>
      <td>
        <Moment at={entry.at} />
        <div className="quiet small">
          <Ago at={entry.queuedAt} />
        </div>
      </td>
      <td>
        <span className={entry.state === "parked" ? "chip chip-danger" : "chip chip-plain"}>
          <Sign mark={marks[entry.state]} />
          {t(`outbox.${entry.state}`)}
        </span>
      </td>
      <td className="outbox-why">
        <Why entry={entry} />
      </td>
    </tr>
  );
}
