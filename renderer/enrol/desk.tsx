import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";
import { accessHere, inThrees } from "./steps.ts";
import type { EnrolmentView } from "./types.ts";

/** Keys are made and handed to the desk: seconds, so it is only said. */
export function Sending(): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="enrol-part" aria-labelledby="enrol-sending">
      <h2 id="enrol-sending">{t("enrol.sendingTitle")}</h2>
      <p role="status" className="enrol-wait">
        <Sign mark="send" />
        {t("enrol.sendingText")}
      </p>
    </section>
  );
}

/** The six digits that the desk sees too, large enough to be read out across a counter. */
export function Confirmation({ digits }: { readonly digits: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="enrol-confirmation" data-testid="enrol-confirmation">
      <p className="quiet">{t("enrol.confirmation")}</p>
      <p className="enrol-digits">
        <bdi dir="ltr">{format.digits(inThrees(digits))}</bdi>
      </p>
    </div>
  );
}

/** The request is with the enrolment desk. */
export function AtDesk(props: {
  readonly view: EnrolmentView;
  readonly another: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { confirmation } = props.view;
  return (
    <section className="enrol-part" aria-labelledby="enrol-desk">
      <h2 id="enrol-desk">{t("enrol.deskTitle")}</h2>
      {confirmation !== null && <Confirmation digits={confirmation} />}
      <p>{t("enrol.deskText")}</p>
      <h3>{t("enrol.deskNext")}</h3>
      <ol className="enrol-next">
        <li>{t("enrol.deskNext1")}</li>
        <li>{t("enrol.deskNext2")}</li>
        <li>{t("enrol.deskNext3")}</li>
      </ol>
      <p className="note">
        <Sign mark="clock" />
        {t("enrol.deskLeave")}
      </p>
      <Button variant="default" className="enrol-act" onClick={props.another}>
        {t("enrol.another")}
      </Button>
    </section>
  );
}

/** The desk has accepted: from when she can sign in here. */
export function Done(props: {
  readonly view: EnrolmentView;
  readonly toSignIn: () => void;
  readonly another: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { session } = useStatus();
  const { person } = props.view;
  const access = accessHere(session.clinicians, person?.id ?? null);
  return (
    <section className="enrol-part" aria-labelledby="enrol-done">
      <h2 id="enrol-done">{t("enrol.doneTitle")}</h2>
      {person !== null && (
        <p className="enrol-name">
          <bdi>{clinicianName(person, language)}</bdi>
        </p>
      )}
      <p
        role="status"
        data-testid={`enrol-access-${access}`}
        className={access === "ready" ? "note note-good" : "note note-warn"}
      >
        <Sign mark={access === "ready" ? "check" : "clock"} />
        {t(`enrol.done.${access}`)}
      </p>
      {access !== "withdrawn" && <p className="quiet">{t("enrol.doneElsewhere")}</p>}
      <div className="enrol-acts">
        <Button onClick={props.toSignIn}>{t("enrol.toSignIn")}</Button>
        <Button variant="default" onClick={props.another}>
          {t("enrol.another")}
        </Button>
      </div>
    </section>
  );
}
