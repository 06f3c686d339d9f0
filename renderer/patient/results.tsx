import { type ReactNode, useState } from "react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { type PatientView, type Result, useFormat, useNow } from "../app/index.ts";
import { Scroll, Section, Sign, Unit } from "../parts/index.ts";
import { panelsOf } from "./result-panels.ts";

/** Results, newest first, a panel's tests together; abnormal ones carry an arrow and a word. */
export function Results({ view }: { readonly view: PatientView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const [onlyAbnormal, setOnlyAbnormal] = useState(false);
  const shown = onlyAbnormal ? view.results.filter((r) => r.abnormal !== null) : view.results;
  return (
    <Section
      title={t("patient.tab.results")}
      kind="results"
      state={view.resultsSection}
      action={
        <label className="check">
          <input
            type="checkbox"
            checked={onlyAbnormal}
            onChange={(event) => setOnlyAbnormal(event.currentTarget.checked)}
          />
          {t("results.onlyAbnormal")}
        </label>
      }
    >
      {shown.length === 0 && view.resultsSection.loaded && (
        <p className="empty">
          {view.results.length === 0 ? t("results.none") : t("results.noneAbnormal")}
        </p>
      )}
      {shown.length > 0 && (
        <Scroll label={t("patient.tab.results")}>
          <table className="table results" aria-label={t("patient.tab.results")}>
            <thead>
              <tr>
                <th scope="col">{t("results.name")}</th>
                <th scope="col">{t("results.value")}</th>
                <th scope="col">{t("results.range")}</th>
                <th scope="col">{t("results.status")}</th>
              </tr>
            </thead>
            {panelsOf(shown).map((panel) => (
              <tbody key={panel.key}>
                <tr className="results-panel">
                  <th scope="rowgroup" colSpan={4}>
                    <bdi>{panel.name ?? t("results.otherPanel")}</bdi>
                    <span className="quiet">
                      {" · "}
                      {panel.at.length > 10
                        ? format.moment(panel.at, now)
                        : format.fhirDate(panel.at)}
                    </span>
                  </th>
                </tr>
                {panel.results.map((result) => (
                  <tr key={result.id}>
                    <td>
                      <bdi>{result.name}</bdi>
                    </td>
                    <td>
                      <ResultValue result={result} />
                    </td>
                    <td>
                      <Unit value={result.range ?? "–"} />
                    </td>
                    <td className="quiet">{statusText(result.status, t)}</td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </Scroll>
      )}
    </Section>
  );
}

const states = [
  "registered",
  "preliminary",
  "final",
  "amended",
  "corrected",
  "cancelled",
  "entered-in-error",
  "unknown",
] as const;

function statusText(status: string, t: TFunction): string {
  const known = states.find((state) => state === status);
  return known === undefined ? status : t(`results.state.${known}`);
}

/** The value as the laboratory gave it, and its abnormality as arrow and word. */
export function ResultValue({ result }: { readonly result: Result }): ReactNode {
  const { t } = useTranslation();
  const { abnormal } = result;
  if (abnormal === null) return <Unit value={result.value} unit={result.unit} />;
  const mark = abnormal.endsWith("low") ? "down" : abnormal.endsWith("high") ? "up" : "warning";
  return (
    <span className={abnormal.startsWith("critical") ? "abnormal abnormal-critical" : "abnormal"}>
      <b>
        <Unit value={result.value} unit={result.unit} />
      </b>
      <span className="abnormal-word">
        <Sign mark={mark} />
        {t(`results.${abnormal}`)}
      </span>
    </span>
  );
}
