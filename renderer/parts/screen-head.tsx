import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigation } from "../app/index.ts";
import { Sign } from "./marks.tsx";

/** The way back to the ward board, on every screen that is not the board. */
export function BackToWard(props: { readonly onBack?: () => void }): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  return (
    <button
      type="button"
      className="back"
      aria-label={t("patient.back")}
      title={t("patient.back")}
      onClick={props.onBack ?? (() => go({ screen: "ward" }))}
    >
      <Sign mark="back" />
    </button>
  );
}

/** A screen's title with the way back and one sentence on what it is for. */
export function ScreenHead(props: { readonly title: string; readonly intro: string }): ReactNode {
  return (
    <header className="screen-head">
      <BackToWard />
      <div>
        <h1>{props.title}</h1>
        <p className="quiet">{props.intro}</p>
      </div>
    </header>
  );
}
