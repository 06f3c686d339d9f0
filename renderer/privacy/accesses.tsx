import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { officerOnly, useFormat, useSeen, useStatus } from "../app/index.ts";
import { nameLine, ProblemNote, ScreenHead, Scroll, Sign } from "../parts/index.ts";
import { ReviewLink } from "../review/index.ts";
import { Patients } from "./patients.tsx";
import { SeenRow } from "./seen-row.tsx";
import type { Chosen } from "./types.ts";
import "./privacy.css";

const columns = ["when", "who", "what", "whom", "marks"] as const;

/** Who saw what on this PC, newest first; of everybody, or of one patient. */
export function Accesses(): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { clinician, workstation } = useStatus().session;
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [boards, setBoards] = useState(false);
  const list = useSeen({ patient: chosen?.patient ?? null, boards });
  const entries = list.data?.pages.flatMap((page) => page.entries);
  return (
    <main className="screen">
      {officerOnly(clinician) ? (
        <header className="screen-head">
          <div>
            <h1>{t("privacy.title")}</h1>
            <p className="quiet">{t("privacy.intro")}</p>
          </div>
        </header>
      ) : (
        <ScreenHead title={t("privacy.title")} intro={t("privacy.intro")} />
      )}
      <p className="note">
        <Sign mark="question" />
        <span>{t("privacy.thisPc", { workstation })}</span>
      </p>
      <div className="privacy-tools">
        {chosen === null ? (
          <Patients choose={setChosen} />
        ) : (
          <p className="privacy-chosen">
            <span className="chip chip-plain">
              <Sign mark="person" />
              <bdi>{chosen.name === null ? chosen.patient : nameLine(chosen.name, language)}</bdi>
            </span>
            <Button variant="default" onClick={() => setChosen(null)}>
              {t("privacy.everybody")}
            </Button>
          </p>
        )}
        <SegmentedControl
          aria-label={t("privacy.show")}
          size="md"
          withItemsBorders={false}
          transitionDuration={0}
          value={boards ? "all" : "records"}
          data={[
            { value: "records", label: t("privacy.records") },
            { value: "all", label: t("privacy.boards") },
          ]}
          onChange={(value) => setBoards(value === "all")}
        />
        <ReviewLink />
      </div>
      {list.error !== null && <ProblemNote error={list.error} again={() => void list.refetch()} />}
      {entries === undefined && list.error === null && <p className="empty">{t("app.loading")}</p>}
      {entries !== undefined && entries.length === 0 && (
        <p className="panel empty">{t("privacy.empty")}</p>
      )}
      {entries !== undefined && entries.length > 0 && (
        <div className="panel">
          <Scroll label={t("privacy.title")}>
            <table className="table" aria-label={t("privacy.title")}>
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {t(`privacy.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <SeenRow
                    key={entry.seq}
                    entry={entry}
                    choose={chosen === null ? setChosen : null}
                  />
                ))}
              </tbody>
            </table>
          </Scroll>
        </div>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("privacy.older")}
        </Button>
      )}
    </main>
  );
}
