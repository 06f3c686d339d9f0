import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigation, useStatus } from "../app/index.ts";
import { Sign } from "./marks.tsx";

/** The way back to the ward board, or to the lock screen while nobody is signed in. */
export function BackToWard(props: { readonly onBack?: () => void }): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const name = t(useStatus().session.state === "open" ? "patient.back" : "lock.back");
  return (
    <button
      type="button"
      className="back"
      aria-label={name}
      title={name}
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
