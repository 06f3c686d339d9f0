import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type SeenEntry, useFormat } from "../app/index.ts";
import { clinicianName, Moment, nameLine, Sign } from "../parts/index.ts";
import type { Chosen } from "./types.ts";

const acts = [
  "vitals",
  "administration",
  "order",
  "correction",
  "withdrawal",
  "resolution",
] as const satisfies readonly string[];

/** One entry of the trail: when, who and in which role, what, of whom, and what is unusual about it. */
export function SeenRow(props: {
  readonly entry: SeenEntry;
  /** Null: the list is of one patient already. */
  readonly choose: ((chosen: Chosen) => void) | null;
}): ReactNode {
  const { t } = useTranslation();
  const { entry } = props;
  const unusual = entry.unusual.length > 0;
  return (
    <tr className={unusual ? "privacy-unusual" : undefined}>
      <td>
        <Moment at={entry.at} />
      </td>
      <td>
        <Who entry={entry} />
      </td>
      <td>
        <What entry={entry} />
      </td>
      <td>
        <Whom {...props} />
      </td>
      <td>
        {entry.unusual.map((mark) => (
          <span key={mark} className="chip chip-warn">
            <Sign mark="warning" />
            {t(`privacy.mark.${mark}`)}
          </span>
        ))}
        {entry.right === "override" && (
          <span className="chip chip-plain">
            <Sign mark="key" />
            {t("privacy.byOverride")}
          </span>
        )}
      </td>
    </tr>
  );
}

function Who({ entry }: { readonly entry: SeenEntry }): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  if (entry.who !== null)
    return (
      <>
        <bdi className="strong">{clinicianName(entry.who, language)}</bdi>
        <p className="quiet small">
          {entry.who.roles.map((role) => t(`role.${role}`)).join(" · ")}
        </p>
      </>
    );
  if (entry.typed !== null)
    return (
      <>
        <bdi className="strong">{entry.typed}</bdi>
        <p className="quiet small">
          {t("review.emergency")} · {t("review.asTyped")}
        </p>
      </>
    );
  return <span className="quiet">{t("privacy.thePc")}</span>;
}

function What({ entry }: { readonly entry: SeenEntry }): ReactNode {
  const { t } = useTranslation();
  const act = acts.find((one) => one === entry.act);
  return (
    <>
      {t(`privacy.did.${entry.what}`)}
      {act !== undefined && <p className="quiet small">{t(`privacy.act.${act}`)}</p>}
      {entry.reason !== null && (
        <p className="quiet small">
          {t("privacy.because", {
            reason: t(
              entry.reason === "other" ? "privacy.ownWords" : `override.reason.${entry.reason}`,
            ),
          })}
        </p>
      )}
    </>
  );
}

function Whom({
  entry,
  choose,
}: {
  readonly entry: SeenEntry;
  readonly choose: ((chosen: Chosen) => void) | null;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { patient, patientName } = entry;
  if (patient === null)
    return entry.patients === 0 ? (
      <span className="quiet">–</span>
    ) : (
      t("privacy.patients", { count: entry.patients })
    );
  const name = patientName === null ? t("review.unknownPatient") : nameLine(patientName, language);
  if (choose === null) return <bdi>{name}</bdi>;
  return (
    <button
      type="button"
      className="privacy-one"
      title={t("privacy.only", { name })}
      onClick={() => choose({ patient, name: patientName })}
    >
      <bdi>{name}</bdi>
    </button>
  );
}
