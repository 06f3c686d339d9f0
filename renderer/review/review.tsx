import { SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useReview } from "../app/index.ts";
import { ProblemNote, ScreenHead, Sign } from "../parts/index.ts";
import { unreviewed } from "./entries.ts";
import { ReviewRow } from "./review-row.tsx";
import "./review.css";

const columns = ["what", "who", "whom", "when", "why", "reviewed"] as const;

/** Who opened records that were not theirs to open, and why: everybody later sees who did what, and somebody looks at each. */
export function Review(): ReactNode {
  const { t } = useTranslation();
  const list = useReview();
  const [all, setAll] = useState(false);
  const entries = list.data;
  const shown = entries?.filter((entry) => all || unreviewed(entry));
  return (
    <main className="screen">
      <ScreenHead title={t("review.title")} intro={t("review.intro")} />
      {list.error !== null && <ProblemNote error={list.error} again={() => void list.refetch()} />}
      {entries === undefined && list.error === null && <p className="empty">{t("app.loading")}</p>}
      {entries !== undefined && entries.length > 0 && (
        <SegmentedControl
          className="review-choice"
          aria-label={t("review.show")}
          size="md"
          withItemsBorders={false}
          transitionDuration={0}
          value={all ? "all" : "open"}
          data={[
            { value: "open", label: t("review.onlyOpen") },
            { value: "all", label: t("review.all") },
          ]}
          onChange={(value) => setAll(value === "all")}
        />
      )}
      {shown !== undefined && shown.length === 0 && (
        <p className="note note-good">
          <Sign mark="check" />
          {t(entries?.length === 0 ? "review.empty" : "review.emptyOpen")}
        </p>
      )}
      {shown !== undefined && shown.length > 0 && (
        <div className="panel review-list">
          <table className="table" aria-label={t("review.title")}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`review.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <ReviewRow key={entry.id} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
