import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  howOftenWords,
  type PatientTab,
  type PatientView,
  useFormat,
  useNow,
} from "../app/index.ts";
import { Ago, News2Badge, Pieces, Section, Unit } from "../parts/index.ts";
import { Before } from "./changed-order.tsx";
import { CheckMark } from "./check-notes.tsx";
import { Due, isCurrent } from "./medicines.tsx";
import { ResultValue } from "./results.tsx";
import { readings } from "./vital-readings.ts";
import { SetMark } from "./vitals-table.tsx";

const MOST_MEDICINES = 12;
const MOST_RESULTS = 10;

/** What matters first: problems, active medicines, the last vitals, and what is abnormal. */
export function Summary(props: {
  readonly view: PatientView;
  readonly open: (tab: PatientTab) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { view } = props;
  const [latest] = view.vitals;
  const problems = view.problems.filter((problem) => problem.active);
  const medicines = view.medicines.filter(isCurrent);
  const abnormal = view.results.filter((result) => result.abnormal !== null);
  const all = (tab: PatientTab): ReactNode => (
    <Button
      variant="subtle"
      size="compact-sm"
      aria-label={`${t("summary.all")}: ${t(`patient.tab.${tab}`)}`}
      onClick={() => props.open(tab)}
    >
      {t("summary.all")}
    </Button>
  );
  return (
    <div className="summary">
      <Section
        title={t("summary.vitals")}
        kind="vitals"
        state={view.vitalsSection}
        action={all("vitals")}
        className="summary-vitals"
      >
        {latest === undefined ? (
          view.vitalsSection.loaded && <p className="empty">{t("summary.noVitals")}</p>
        ) : (
          <>
            <div className="summary-score">
              <span className="strong">{t("news2.name")}</span>
              <News2Badge score={latest.news2} />
              <span className="quiet small">
                {t("summary.takenAt", { when: format.moment(latest.at, now) })} ·{" "}
                <Ago at={latest.at} />
              </span>
              <SetMark set={latest} />
            </div>
            <dl className="readings">
              {readings(latest.values, t, format).map((reading) => (
                <div
                  key={reading.name}
                  className={`reading reading-${latest.news2.parts[reading.part] ?? "none"}`}
                >
                  <dt>{reading.name}</dt>
                  <dd>
                    {reading.value === null ? (
                      <span className="quiet small">{t("vitals.notTaken")}</span>
                    ) : reading.unit === null ? (
                      <bdi>{reading.value}</bdi>
                    ) : (
                      <Unit value={reading.value} unit={reading.unit} />
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Section>
      <Section title={t("summary.problems")} kind="problems" state={view.problemsSection}>
        {problems.length === 0 && view.problemsSection.loaded && (
          <p className="empty">{t("summary.noProblems")}</p>
        )}
        <ul className="lines">
          {problems.map((problem) => (
            <li key={problem.id}>
              <bdi>{problem.text}</bdi>
              {problem.since !== null && (
                <span className="quiet small">
                  {t("summary.since", { when: format.fhirDate(problem.since) })}
                </span>
              )}
            </li>
          ))}
        </ul>
      </Section>
      <Section
        title={t("summary.medicines")}
        kind="medicines"
        state={view.medicinesSection}
        action={all("medicines")}
      >
        {medicines.length === 0 && view.medicinesSection.loaded && (
          <p className="empty">{t("summary.noMedicines")}</p>
        )}
        <ul className="lines">
          {medicines.slice(0, MOST_MEDICINES).map((order) => (
            <li key={order.id}>
              <span>
                <bdi>
                  <b>{order.medicine}</b>
                </bdi>{" "}
                <span className="quiet small">
                  <Pieces
                    of={[order.dose, order.route, howOftenWords(order.frequency, t, format)]}
                  />
                </span>
                <Before
                  lines={view.changedOrders[order.id]}
                  otherwise={view.orderedOtherwise.includes(order.id)}
                />
                <CheckMark check={order.check} />
              </span>
              <span className="small">
                {order.status === "on-hold" ? (
                  <span className="chip chip-warn">{t("medicine.on-hold")}</span>
                ) : (
                  <Due order={order} />
                )}
              </span>
            </li>
          ))}
          {medicines.length > MOST_MEDICINES && (
            <li className="quiet">
              {t("summary.more", { count: medicines.length - MOST_MEDICINES })}
            </li>
          )}
        </ul>
      </Section>
      <Section
        title={t("summary.results")}
        kind="results"
        state={view.resultsSection}
        action={all("results")}
      >
        {abnormal.length === 0 && view.resultsSection.loaded && (
          <p className="empty">{t("summary.noResults")}</p>
        )}
        <ul className="lines">
          {abnormal.slice(0, MOST_RESULTS).map((result) => (
            <li key={result.id}>
              <bdi>{result.name}</bdi>
              <span className="summary-result">
                <ResultValue result={result} />
                <span className="quiet small">
                  {result.at.length > 10
                    ? format.moment(result.at, now)
                    : format.fhirDate(result.at)}
                </span>
              </span>
            </li>
          ))}
          {abnormal.length > MOST_RESULTS && (
            <li className="quiet">
              {t("summary.more", { count: abnormal.length - MOST_RESULTS })}
            </li>
          )}
        </ul>
      </Section>
    </div>
  );
}
