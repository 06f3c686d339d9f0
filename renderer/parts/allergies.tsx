import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AllergySummaryView, BoardRow } from "./kinds.ts";
import { Sign } from "./marks.tsx";

/** The board's mark: the four states, high risk among the listed, and what could not be read beside any of them. */
export function AllergyMark(props: {
  readonly allergies: BoardRow["allergies"];
  readonly unreadable: number;
}): ReactNode {
  const { t } = useTranslation();
  const state = props.allergies;
  const loud = state === "listed" || state === "listed-high";
  const unclear = state === "not-recorded" || state === "not-loaded";
  return (
    <span className="marks">
      <span className={loud ? "chip chip-allergy" : unclear ? "chip chip-warn" : "chip chip-quiet"}>
        {loud && <Sign mark="warning" />}
        {unclear && <Sign mark="question" />}
        {t(`allergy.${state}`)}
      </span>
      {props.unreadable > 0 && (
        <span className="chip chip-warn">
          <Sign mark="broken" />
          {t("allergy.unreadableShort", { count: props.unreadable })}
        </span>
      )}
    </span>
  );
}

/** The banner's allergies. CLINICAL: always shown, in one of four states, with unreadable and damaged records beside. */
export function AllergyChips({ summary }: { readonly summary: AllergySummaryView }): ReactNode {
  const { t } = useTranslation();
  const { status, items, section } = summary;
  return (
    <ul className="marks" aria-label={t("allergy.title")}>
      {status === "listed" &&
        items.map((item) => (
          <li key={item.id} className="chip chip-allergy chip-large">
            <Sign mark="warning" />
            <bdi>{item.substance}</bdi>
            {item.criticality === "high" && (
              <span className="chip-note">{t("allergy.listed-high")}</span>
            )}
            {item.verificationStatus === "unconfirmed" && (
              <span className="chip-note">{t("allergy.unconfirmed")}</span>
            )}
          </li>
        ))}
      {status === "none-known" && (
        <li className="chip chip-good chip-large">
          <Sign mark="check" />
          {t("allergy.none-known")}
        </li>
      )}
      {status === "not-recorded" && (
        <li className="chip chip-warn chip-large">
          <Sign mark="question" />
          {t("allergy.notRecordedLong")}
        </li>
      )}
      {status === "not-loaded" && (
        <li className="chip chip-warn chip-large">
          <Sign mark="question" />
          {t("allergy.notLoadedLong")}
        </li>
      )}
      {section.unreadable.length > 0 && (
        <li className="chip chip-warn chip-large">
          <Sign mark="broken" />
          {t("allergy.unreadable", { count: section.unreadable.length })}
        </li>
      )}
      {section.damaged && (
        <li className="chip chip-warn chip-large">
          <Sign mark="broken" />
          {t("allergy.damaged")}
        </li>
      )}
    </ul>
  );
}
