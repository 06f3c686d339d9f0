import { Button } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type ReasonChoice,
  reasonChoices,
  reasonProblem,
  useClient,
  useFormat,
  useListed,
  writeReason,
} from "../app/index.ts";
import { Dialog, nameLine, ProblemNote } from "../parts/index.ts";

/** Before a record outside her remit is opened: what it means, and why she does it. */
export function Override(props: {
  readonly patient: string;
  readonly opened: () => Promise<void>;
  readonly cancel: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const client = useClient();
  const listed = useListed(props.patient);
  const [choice, setChoice] = useState<ReasonChoice | null>(null);
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const problem = reasonProblem(choice, text);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (choice === null || problem !== null) {
      form.current?.querySelector<HTMLElement>(problem === "text" ? "textarea" : "input")?.focus();
      return;
    }
    setBusy(true);
    try {
      const { patient } = props;
      await client.patient.override({ patient, reason: writeReason(choice, text) });
      await props.opened();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const name = listed?.name == null ? null : nameLine(listed.name, language);

  return (
    <Dialog title={t("override.title")} close={props.cancel}>
      <form
        ref={form}
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <p className="strong">
          {name === null ? t("override.textUnnamed") : t("override.text", { name })}
        </p>
        <p>{t("override.recorded")}</p>
        <fieldset
          className="field-group"
          aria-describedby={tried && problem === "choose" ? "override-choose" : undefined}
        >
          <legend>{t("override.why")}</legend>
          {reasonChoices.map((one) => (
            <label key={one} className="dialog-choice">
              <input
                type="radio"
                name="override-reason"
                checked={choice === one}
                onChange={() => setChoice(one)}
              />
              {t(`override.reason.${one}`)}
            </label>
          ))}
          {tried && problem === "choose" && (
            <p id="override-choose" className="field-wrong small" role="alert">
              {t("override.problem.choose")}
            </p>
          )}
        </fieldset>
        <div className="field">
          <label htmlFor="override-text">
            {t(choice === "other" ? "override.moreOther" : "override.more")}
          </label>
          <textarea
            id="override-text"
            rows={2}
            dir="auto"
            maxLength={400}
            value={text}
            aria-required={choice === "other"}
            aria-invalid={tried && problem === "text"}
            aria-describedby={tried && problem === "text" ? "override-text-wrong" : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {tried && problem === "text" && (
            <p id="override-text-wrong" className="field-wrong small">
              {t("override.problem.text")}
            </p>
          )}
        </div>
        {error !== null && <ProblemNote error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy}>
            {t(busy ? "override.opening" : "override.open")}
          </Button>
          <Button variant="default" size="md" onClick={props.cancel}>
            {t("override.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
