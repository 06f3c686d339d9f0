import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNavigation } from "../app/index.ts";
import { BackToWard, clinicianName, ProblemNote, Sign } from "../parts/index.ts";
import { AtDesk, Done, Sending } from "./desk.tsx";
import { useEnrolment } from "./enrolment.ts";
import { useLeftAlone } from "./left-alone.ts";
import { IsItYou } from "./person.tsx";
import { PinForm } from "./pin-form.tsx";
import { RequestForIt } from "./request.tsx";
import { Begin, SigningIn } from "./sign-in.tsx";
import { StepList } from "./step-list.tsx";
import { StepTitle } from "./step-title.tsx";
import { stepsOf } from "./steps.ts";
import { Trouble } from "./trouble.tsx";
import type { EnrolmentView } from "./types.ts";
import "./enrol.css";

const LEFT_ALONE_MS = 3 * 60_000;

/** Enrolment, once for each person and again after a forgotten PIN. Works while nobody is signed in. */
export function Enrol(): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const enrolment = useEnrolment();
  const [sureOf, setSureOf] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const view = enrolment.view.data;
  const sure = view?.person != null && view.person.id === sureOf;
  const failure = enrolment.start.error ?? enrolment.cancel.error ?? enrolment.view.error;

  const start = (): void => {
    setSureOf(null);
    enrolment.start.mutate();
  };
  const cancel = (): void => {
    setSureOf(null);
    enrolment.cancel.mutate();
  };
  const leave = (): void => go({ screen: "ward" });
  // SECURITY: she was called away with her name on the screen; a PIN chosen now would be somebody else's.
  useLeftAlone(view?.phase === "identified", LEFT_ALONE_MS, cancel);

  return (
    <main className="screen enrol">
      <header className="screen-head">
        <BackToWard onBack={leave} />
        <div>
          <h1>{t("enrol.title")}</h1>
          <p className="quiet">{t("enrol.intro")}</p>
        </div>
      </header>
      {failure !== null && (
        <ProblemNote error={failure} again={() => void enrolment.view.refetch()} />
      )}
      {view === undefined ? (
        failure === null && <p className="empty">{t("app.loading")}</p>
      ) : asking ? (
        <div className="panel enrol-panel">
          <RequestForIt back={() => setAsking(false)} />
        </div>
      ) : (
        <>
          <StepList steps={stepsOf(view, sure)} />
          <div className="panel enrol-panel">
            <AtStep
              view={view}
              sure={sure}
              busy={enrolment.start.isPending}
              confirm={() => setSureOf(view.person?.id ?? null)}
              start={start}
              cancel={cancel}
              leave={leave}
              finish={enrolment.finish}
            />
          </div>
          {(view.phase === "idle" || view.phase === "failed") && (
            <section className="enrol-other" aria-labelledby="enrol-other">
              <div>
                <h2 id="enrol-other">{t("enrol.request.title")}</h2>
                <p className="quiet">{t("enrol.request.openText")}</p>
              </div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {t("enrol.request.open")}
              </Button>
            </section>
          )}
        </>
      )}
    </main>
  );
}

function AtStep(props: {
  readonly view: EnrolmentView;
  readonly sure: boolean;
  readonly busy: boolean;
  readonly confirm: () => void;
  readonly start: () => void;
  readonly cancel: () => void;
  readonly leave: () => void;
  readonly finish: (pin: string, badge: boolean) => Promise<void>;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { view } = props;
  switch (view.phase) {
    case "idle":
      return (
        <>
          {view.problem !== null && <Trouble problem={view.problem} detail={view.detail} />}
          <Begin busy={props.busy} start={props.start} />
        </>
      );
    case "signing-in":
      return <SigningIn url={view.url} cancel={props.cancel} />;
    case "identified":
      if (view.person === null) return <SigningIn url={null} cancel={props.cancel} />;
      if (!props.sure)
        return <IsItYou person={view.person} yes={props.confirm} no={props.cancel} />;
      return (
        <section className="enrol-part enrol-wide" aria-labelledby="enrol-pin">
          <h2 id="enrol-pin">{t("enrol.pinTitle")}</h2>
          <p>
            <b>{t("enrol.pinOf", { name: clinicianName(view.person, language) })}</b>{" "}
            {t("enrol.pinText")}
          </p>
          {view.problem !== null && <Trouble problem={view.problem} detail={view.detail} />}
          {view.problem === null && view.detail !== null && (
            <p className="note note-warn" role="alert">
              <Sign mark="warning" />
              {t("enrol.badgeLifted")}
            </p>
          )}
          <PinForm
            label={t("enrol.pinTitle")}
            person={view.person.id}
            uid={view.badge?.uid ?? null}
            first
            send={t("enrol.send")}
            sending={t("enrol.sendingTitle")}
            blocked={null}
            submit={props.finish}
          />
          <Button variant="default" className="enrol-act" onClick={props.cancel}>
            {t("enrol.cancel")}
          </Button>
        </section>
      );
    case "sending":
      return <Sending />;
    case "waiting":
      return (
        <>
          {view.problem !== null && <Trouble problem={view.problem} detail={view.detail} />}
          <AtDesk view={view} another={props.cancel} />
        </>
      );
    case "done":
      return <Done view={view} toSignIn={props.leave} another={props.cancel} />;
    case "failed":
      return (
        <section className="enrol-part" aria-labelledby="enrol-failed">
          <StepTitle id="enrol-failed">{t("enrol.failedTitle")}</StepTitle>
          <Trouble problem={view.problem ?? "sign-in-refused"} detail={view.detail} />
          <Button className="enrol-act" onClick={props.start}>
            {t("enrol.again")}
          </Button>
        </section>
      );
  }
}
