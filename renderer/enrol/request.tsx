import { Button } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { copyField } from "./copy.ts";
import { Confirmation, NextSteps } from "./desk.tsx";
import { PinForm } from "./pin-form.tsx";
import { StepTitle } from "./step-title.tsx";
import { Who } from "./who.tsx";

interface Made {
  readonly text: string;
  readonly confirmation: string;
}

/** In an outage, or with a forgotten PIN: the request as text that IT carries to the enrolment desk. */
export function RequestForIt(props: { readonly back: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const [clinician, setClinician] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const who = clinician.trim();
  return (
    <section className="enrol-part enrol-wide" aria-labelledby="enrol-request">
      <StepTitle key={made === null ? "ask" : "made"} id="enrol-request">
        {made === null ? t("enrol.request.title") : t("enrol.request.madeTitle")}
      </StepTitle>
      {made === null ? (
        <>
          <p>{t("enrol.request.text")}</p>
          <Who chosen={clinician} choose={setClinician} />
          <PinForm
            label={t("enrol.request.title")}
            person={who === "" ? null : who}
            uid={null}
            first={false}
            send={t("enrol.request.make")}
            sending={t("enrol.request.making")}
            blocked={who === "" ? t("enrol.request.whoFirst") : null}
            submit={async (pin, badge) =>
              setMade(await client.enrol.request({ clinician: who, pin, badge }))
            }
          />
        </>
      ) : (
        <MadeRequest made={made} />
      )}
      <div className="enrol-acts">
        {made !== null && (
          <Button
            variant="default"
            onClick={() => {
              setMade(null);
              setClinician("");
            }}
          >
            {t("enrol.request.another")}
          </Button>
        )}
        <Button variant="default" onClick={props.back}>
          {t("enrol.request.backToEnrol")}
        </Button>
      </div>
    </section>
  );
}

function MadeRequest({ made }: { readonly made: Made }): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <>
      <p className="note note-good" role="status">
        <Sign mark="check" />
        {t("enrol.request.madeText")}
      </p>
      <Confirmation digits={made.confirmation} />
      <NextSteps
        steps={[
          t("enrol.request.next1"),
          t("enrol.request.next2"),
          t("enrol.request.next3"),
          t("enrol.request.next4"),
        ]}
      />
      <div className="enrol-acts">
        <Button
          onClick={() => {
            if (field.current !== null) setCopied(copyField(field.current));
          }}
        >
          {t("enrol.request.copy")}
        </Button>
        <p role="status">
          {copied !== null && t(copied ? "enrol.request.copied" : "enrol.request.copyByHand")}
        </p>
      </div>
      <textarea
        ref={field}
        className="enrol-body"
        dir="ltr"
        readOnly
        rows={8}
        aria-label={t("enrol.request.body")}
        value={made.text}
      />
    </>
  );
}
