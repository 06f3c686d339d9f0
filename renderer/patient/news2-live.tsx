import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type News2, useFormat } from "../app/index.ts";
import { News2Badge } from "../parts/index.ts";

/** The score of what is typed, as it is typed, and what it asks for (RCP NEWS2 2017, chart 4). */
export function News2Live(props: {
  readonly score: News2;
  readonly scale: 1 | 2;
  readonly started: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { score } = props;
  return (
    <div className={`live live-${score.risk ?? "none"}`} role="group" aria-label={t("news2.name")}>
      <div className="live-score" aria-live="polite">
        <span className="strong">{t("news2.name")}</span> <News2Badge score={score} />
      </div>
      {props.started && <p>{sayNews2(score, t, language)}</p>}
      {props.scale === 2 && <p className="small">{t("news2.scale2")}</p>}
    </div>
  );
}

/** Why there is no total, or the response that the score asks for. */
function sayNews2(score: News2, t: TFunction, language: string): string {
  if (score.without === "incomplete")
    return t("news2.whyIncomplete", {
      parts: new Intl.ListFormat(language).format(
        score.missing.map((part) => t(`news2.part.${part}`)),
      ),
    });
  if (score.without !== null) return t(`news2.why-${score.without}`);
  if (score.risk === null) return "";
  return t(score.total === 0 ? "news2.respond.zero" : `news2.respond.${score.risk}`);
}
