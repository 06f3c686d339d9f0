import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type BoardRow, type News2, useFormat } from "../app/index.ts";
import { Sign } from "./marks.tsx";

/** The score in its RCP band: number, word and colour; or why there is no number. */
export function News2Badge({ score }: { readonly score: News2 }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (score.total === null || score.risk === null)
    return (
      <span className="news news-none">
        <span className="news-total">–</span>
        <span className="news-word">
          {t("news2.noTotal")}
          {score.without !== null && `: ${t(`news2.${score.without}`)}`}
        </span>
      </span>
    );
  return (
    <span className={`news news-${score.risk}`}>
      <span className="news-total">{format.number(score.total)}</span>
      <span className="news-word">{t(`news2.${score.risk}`)}</span>
    </span>
  );
}

/** How the score moved against the set before. */
export function Trend(props: {
  readonly trend: NonNullable<BoardRow["news2"]>["trend"];
}): ReactNode {
  const { t } = useTranslation();
  if (props.trend === null) return null;
  return (
    <span className={`trend trend-${props.trend}`} title={t(`news2.${props.trend}`)}>
      <Sign mark={props.trend} />
      <span className="hidden">{t(`news2.${props.trend}`)}</span>
    </span>
  );
}

/** The points of one parameter on its RCP colour; 0 is plain. */
export function PartScore({ points }: { readonly points: number | undefined }): ReactNode {
  const format = useFormat();
  if (points === undefined) return <span className="part part-none">–</span>;
  return <span className={`part part-${points}`}>{format.number(points)}</span>;
}
