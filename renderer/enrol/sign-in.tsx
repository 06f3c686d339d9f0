import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { StepTitle } from "./step-title.tsx";

/** Nothing has begun: how it begins, and why it cannot here. */
export function Begin(props: { readonly busy: boolean; readonly start: () => void }): ReactNode {
  const { t } = useTranslation();
  const { session, connection } = useStatus();
  return (
    <section className="enrol-part" aria-labelledby="enrol-begin">
      <StepTitle id="enrol-begin">{t("enrol.startTitle")}</StepTitle>
      <p>{t("enrol.startText")}</p>
      {!session.enrols && (
        <p className="note note-warn">
          <Sign mark="warning" />
          {t("enrol.notHere")}
        </p>
      )}
      {session.enrols && ["outage", "untrusted", "distrusted"].includes(connection.state) && (
        <p className="note note-warn">
          <Sign mark="unlink" />
          {t("enrol.noConnection")}
        </p>
      )}
      {session.enrols && (
        <Button className="enrol-act" disabled={props.busy} onClick={props.start}>
          {props.busy ? t("enrol.starting") : t("enrol.start")}
        </Button>
      )}
    </section>
  );
}

/** The system browser is open at the hospital's page; this screen waits. */
export function SigningIn(props: {
  readonly url: string | null;
  readonly cancel: () => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="enrol-part" aria-labelledby="enrol-signing-in">
      <StepTitle id="enrol-signing-in">{t("enrol.waitingTitle")}</StepTitle>
      <p role="status" className="enrol-wait">
        <Sign mark="clock" />
        {t("enrol.waitingText")}
      </p>
      {props.url !== null && (
        <div>
          <p className="quiet">{t("enrol.address")}</p>
          <p className="enrol-address">
            <bdi dir="ltr">{props.url}</bdi>
          </p>
        </div>
      )}
      <Button variant="default" className="enrol-act" onClick={props.cancel}>
        {t("enrol.cancel")}
      </Button>
    </section>
  );
}
