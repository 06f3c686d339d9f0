import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { PatientView } from "../app/index.ts";
import { Elsewhere, Section } from "../parts/index.ts";
import { VitalsForm } from "./vitals-form.tsx";
import { VitalsTable } from "./vitals-table.tsx";

const Trends = lazy(async () => ({ default: (await import("./trends.tsx")).Trends }));

/** The vitals: the form when charting, the trends, and every set as a table. */
export function Vitals(props: {
  readonly view: PatientView;
  readonly charting: boolean;
  readonly done: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { view, charting } = props;
  return (
    <div className={charting ? "vitals vitals-charting" : "vitals"}>
      {charting && <VitalsForm view={view} done={props.done} />}
      <Section title={t("vitals.trend")} kind="vitals" state={view.vitalsSection}>
        <Elsewhere />
        {view.vitals.length === 0 ? (
          view.vitalsSection.loaded && <p className="empty">{t("vitals.none")}</p>
        ) : (
          <>
            <Suspense fallback={<div className="trends" />}>
              <Trends sets={view.vitals} />
            </Suspense>
            <VitalsTable banner={view.banner} sets={view.vitals} />
          </>
        )}
      </Section>
    </div>
  );
}
