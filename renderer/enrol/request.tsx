import { Button } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import { copyField } from "./copy.ts";
import { Confirmation } from "./desk.tsx";
import { PinForm } from "./pin-form.tsx";
import { Who } from "./who.tsx";

interface Made {
  readonly text: string;
  readonly confirmation: string;
}

/** In an outage, or with a forgotten PIN: the request as text that IT carries to the enrolment desk. */
export function RequestForIt(props: {
  readonly uid: string | null;
  readonly back: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const [clinician, setClinician] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const who = clinician.trim();
  return (
    <section className="enrol-part enrol-wide" aria-labelledby="enrol-request">
      <h2 id="enrol-request">
        {made === null ? t("enrol.request.title") : t("enrol.request.madeTitle")}
      </h2>
      {made === null ? (
        <>
          <p>{t("enrol.request.text")}</p>
          <Who chosen={clinician} choose={setClinician} />
          <PinForm
            label={t("enrol.request.title")}
            person={who === "" ? null : who}
            uid={props.uid}
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
      <ol className="enrol-next">
        <li>{t("enrol.request.next1")}</li>
        <li>{t("enrol.request.next2")}</li>
        <li>{t("enrol.request.next3")}</li>
        <li>{t("enrol.request.next4")}</li>
      </ol>
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
