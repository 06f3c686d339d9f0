import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { contractError, useNavigation, useReview, useStatus } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { unreviewed } from "./entries.ts";
import "./review.css";

/** The way to the review list, with how many wait. Not shown to whom the list is not open. */
export function ReviewLink(): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const emergency = useStatus().session.emergency !== null;
  const list = useReview(!emergency);
  if (emergency || contractError(list.error)?.code === "FORBIDDEN") return null;
  const count = list.data?.filter(unreviewed).length ?? 0;
  return (
    <button type="button" className="review-link" onClick={() => go({ screen: "review" })}>
      <Sign mark={count > 0 ? "question" : "check"} />
      {t("ward.review")}
      {count > 0 && <b className="review-count">{t("ward.toReview", { count })}</b>}
    </button>
  );
}
