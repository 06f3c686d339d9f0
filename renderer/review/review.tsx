import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  MOST_REVIEW_PAGES,
  OFFICER,
  useReview,
  useReviewEverywhere,
  useStatus,
} from "../app/index.ts";
import { ProblemNote, ScreenHead, Sign } from "../parts/index.ts";
import { unreviewed } from "./entries.ts";
import { ReviewRow } from "./review-row.tsx";
import "./review.css";

const columns = ["what", "who", "whom", "when", "why", "reviewed"] as const;

/** Who opened records that were not theirs to open, and why: everybody later sees who did what, and somebody looks at each. */
export function Review(): ReactNode {
  const { t } = useTranslation();
  const officer = useStatus().session.clinician?.roles.includes(OFFICER) === true;
  const [everywhere, setEverywhere] = useState(false);
  const here = useReview();
  const [pages, setPages] = useState(1);
  const all = useReviewEverywhere(everywhere, pages);
  const list = everywhere ? all : here;
  const [reviewed, setReviewed] = useState(false);
  const entries = everywhere ? all.data?.entries : here.data;
  const shown = entries?.filter((entry) => reviewed || unreviewed(entry));
  return (
    <main className="screen">
      <ScreenHead title={t("review.title")} intro={t("review.intro")} />
      {officer && (
        <SegmentedControl
          className="review-choice"
          aria-label={t("review.where")}
          size="md"
          withItemsBorders={false}
          transitionDuration={0}
          value={everywhere ? "everywhere" : "here"}
          data={[
            { value: "here", label: t("review.here") },
            { value: "everywhere", label: t("review.everywhere") },
          ]}
          onChange={(value) => setEverywhere(value === "everywhere")}
        />
      )}
      {everywhere && all.data !== undefined && (
        <p className={all.data.answered ? "note" : "note note-warn"} role="status">
          <Sign mark={all.data.answered ? "question" : "unlink"} />
          {t(all.data.answered ? "review.asTheHisHas" : "review.notAsked")}
          {all.data.more && ` ${t("review.more")}`}
        </p>
      )}
      {list.error !== null && <ProblemNote error={list.error} again={() => void list.refetch()} />}
      {entries === undefined && list.error === null && <p className="empty">{t("app.loading")}</p>}
      {entries !== undefined && entries.length > 0 && (
        <SegmentedControl
          className="review-choice"
          aria-label={t("review.show")}
          size="md"
          withItemsBorders={false}
          transitionDuration={0}
          value={reviewed ? "all" : "open"}
          data={[
            { value: "open", label: t("review.onlyOpen") },
            { value: "all", label: t("review.all") },
          ]}
          onChange={(value) => setReviewed(value === "all")}
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
                <ReviewRow key={entry.id} entry={entry} everywhere={everywhere} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {everywhere && all.data?.older === true && pages < MOST_REVIEW_PAGES && (
        <Button
          className="review-older"
          variant="default"
          size="md"
          loading={all.isFetching}
          onClick={() => setPages(pages + 1)}
        >
          {t("privacy.older")}
        </Button>
      )}
    </main>
  );
}
