import { Button, Tabs } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  type PatientTab,
  patientTabs,
  type PatientView,
  useClient,
  useFormat,
  useNavigation,
  useNow,
  usePatient,
  useStatus,
} from "../app/index.ts";
import { ProblemNote, Sign } from "../parts/index.ts";
import { Allergies } from "./allergies.tsx";
import { Banner } from "./banner.tsx";
import { Holds } from "./holds.tsx";
import { Medicines } from "./medicines.tsx";
import { Notes } from "./notes.tsx";
import { Override } from "./override.tsx";
import { Results } from "./results.tsx";
import { Summary } from "./summary.tsx";
import { Vitals } from "./vitals.tsx";
import "./patient.css";

/** One patient: the banner, always, and the sections of the record as tabs. Escape goes back to the ward. */
export function Patient(props: { readonly patient: string; readonly tab: PatientTab }): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const queries = useQueryClient();
  const view = usePatient(props.patient);
  const outside = contractError(view.error)?.code === "OUTSIDE_REMIT";
  const [asking, setAsking] = useState(false);
  // The question stays while the record is asked for again behind it: what she is typing is not lost.
  if (outside && !asking) setAsking(true);
  if (asking && view.isSuccess) setAsking(false);

  useEffect(() => {
    const back = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      // Escape inside a field belongs to the field.
      if (event.target instanceof HTMLInputElement) return;
      go({ screen: "ward" });
    };
    window.addEventListener("keydown", back);
    return () => window.removeEventListener("keydown", back);
  }, [go]);

  // SECURITY: what was on screen goes when the patient is no longer hers, until she says why she needs it.
  if (asking && (outside || view.error === null))
    return (
      <main className="screen">
        <Override
          patient={props.patient}
          opened={async () => {
            await view.refetch();
            void queries.invalidateQueries({ queryKey: ["board"] });
            void queries.invalidateQueries({ queryKey: ["review"] });
          }}
          cancel={() => go({ screen: "ward" })}
        />
      </main>
    );
  if (view.data === undefined)
    return (
      <main className="screen">
        {view.error === null ? (
          <p className="empty">{t("app.loading")}</p>
        ) : (
          <>
            <ProblemNote error={view.error} again={() => void view.refetch()} />
            <div>
              <Button
                variant="default"
                leftSection={<Sign mark="back" />}
                onClick={() => go({ screen: "ward" })}
              >
                {t("patient.back")}
              </Button>
            </div>
          </>
        )}
      </main>
    );
  return (
    <main className="patient">
      <Banner
        banner={view.data.banner}
        access={view.data.access}
        holds={view.data.holds}
        back={() => go({ screen: "ward" })}
      />
      {view.error !== null && <ProblemNote error={view.error} again={() => void view.refetch()} />}
      <Holds view={view.data} />
      <Record view={view.data} first={props.tab} />
    </main>
  );
}

function Record(props: { readonly view: PatientView; readonly first: PatientTab }): ReactNode {
  const { t } = useTranslation();
  const { view } = props;
  const [tab, setTab] = useState<PatientTab>(props.first);
  const [charting, setCharting] = useState(false);
  const readingOnly = useStatus().session.emergency !== null;
  const chart = (): void => {
    setTab("vitals");
    setCharting(true);
  };
  return (
    <Tabs
      className="record"
      value={tab}
      onChange={(value) => {
        const chosen = patientTabs.find((name) => name === value);
        if (chosen !== undefined) setTab(chosen);
      }}
    >
      <div className="record-tabs">
        <Tabs.List aria-label={t("patient.tabs")}>
          {patientTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`patient.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {!charting && !readingOnly && <DraftNote patient={view.banner.patient} resume={chart} />}
        <div className="record-chart">
          {readingOnly && (
            <span id="reading-only" className="small quiet">
              {t("emergency.noCharting")}
            </span>
          )}
          <Button
            size="md"
            disabled={charting || readingOnly}
            aria-describedby={readingOnly ? "reading-only" : undefined}
            onClick={chart}
          >
            {t("patient.chart")}
          </Button>
        </div>
      </div>
      <Tabs.Panel value="summary">
        <Summary view={view} open={setTab} />
      </Tabs.Panel>
      <Tabs.Panel value="allergies">
        <Allergies view={view} />
      </Tabs.Panel>
      <Tabs.Panel value="medicines">
        <Medicines view={view} />
      </Tabs.Panel>
      <Tabs.Panel value="vitals">
        <Vitals view={view} charting={charting} done={() => setCharting(false)} />
      </Tabs.Panel>
      <Tabs.Panel value="results">
        <Results view={view} />
      </Tabs.Panel>
      <Tabs.Panel value="notes">
        <Notes view={view} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Says that something typed earlier waits here, kept through a lock or a crash. */
function DraftNote(props: { readonly patient: string; readonly resume: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const format = useFormat();
  const now = useNow(60_000);
  const { patient } = props;
  const draft = useQuery({
    queryKey: ["draft", patient],
    queryFn: ({ signal }) => client.drafts.get({ patient, kind: "vitals" }, { signal }),
    refetchInterval: false,
    gcTime: 0,
  });
  const kept = draft.data;
  if (kept?.text == null || kept.at === null) return null;
  return (
    <p className="record-draft">
      <span>{t("patient.draft", { when: format.moment(kept.at, now) })}</span>
      <Button variant="default" size="compact-md" onClick={props.resume}>
        {t("patient.continueDraft")}
      </Button>
    </p>
  );
}
