import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";
import { StepTitle } from "./step-title.tsx";
import { accessHere, inThrees } from "./steps.ts";
import type { EnrolmentView } from "./types.ts";

/** Keys are made and handed to the desk: seconds, so it is only said. */
export function Sending(): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="enrol-part" aria-labelledby="enrol-sending">
      <StepTitle id="enrol-sending">{t("enrol.sendingTitle")}</StepTitle>
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

/** What happens next, numbered in the digits of the page. */
export function NextSteps({ steps }: { readonly steps: readonly string[] }): ReactNode {
  const { digits } = useFormat().settings;
  return (
    <ol className={`enrol-next enrol-next-${digits}`}>
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}

/** The request is with the enrolment desk. */
export function AtDesk(props: {
  readonly view: EnrolmentView;
  readonly another: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { confirmation, person } = props.view;
  return (
    <section className="enrol-part" aria-labelledby="enrol-desk">
      <StepTitle id="enrol-desk">{t("enrol.deskTitle")}</StepTitle>
      {person !== null && (
        <p>
          <b>{t("enrol.pinOf", { name: clinicianName(person, language) })}</b>
        </p>
      )}
      {confirmation !== null && <Confirmation digits={confirmation} />}
      <p>{t("enrol.deskText")}</p>
      <h3>{t("enrol.deskNext")}</h3>
      <NextSteps steps={[t("enrol.deskNext1"), t("enrol.deskNext2"), t("enrol.deskNext3")]} />
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
      <StepTitle id="enrol-done">{t("enrol.doneTitle")}</StepTitle>
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
