import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import "./cover.css";

const STUCK_AFTER_MS = 3000;

/**
 * What replaces every screen the moment the session is not open: nothing of a patient is left in the tree. The shell
 * then replaces the whole page; if it does not, the person here can.
 */
export function Cover(props: {
  readonly why: "locked" | "lost" | "failed" | "no-link" | "taken";
  readonly reload: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const [stuck, setStuck] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStuck(true), STUCK_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const said = {
    locked: [t("cover.title"), t("cover.text")],
    lost: [t("cover.lostTitle"), t("cover.lostText")],
    failed: [t("cover.failedTitle"), t("cover.failedText")],
    "no-link": [t("cover.noLinkTitle"), t("cover.noLinkText")],
    taken: [t("cover.takenTitle"), t("cover.takenText")],
  }[props.why];
  return (
    <main className="cover">
      <div role="alert">
        <h1>{said[0]}</h1>
        <p>{said[1]}</p>
      </div>
      {stuck && props.why !== "no-link" && props.why !== "taken" && (
        <>
          {props.why === "locked" && <p>{t("cover.stuck")}</p>}
          <Button size="md" onClick={props.reload}>
            {t("cover.reload")}
          </Button>
        </>
      )}
    </main>
  );
}
