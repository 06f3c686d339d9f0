import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { contractError, useClock, useFormat, useNow, useService } from "../app/index.ts";
import { ProblemNote, Sign } from "../parts/index.ts";
import { CODE_LENGTH, grouped, readCode, waitAfter } from "./it-code.ts";
import { useLookAgain } from "./keys.ts";
import { Part } from "./part.tsx";

type Purpose = "extend" | "unseal";
const purposes: readonly Purpose[] = ["extend", "unseal"];

/** A code spoken by IT for the challenge shown. `sealed`: what it is for, as far as this PC can tell. */
export function ItCode(props: {
  readonly challenge: string | null;
  readonly sealed: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { challenge } = props;
  return (
    <Part title={t("keys.code")} wide>
      {challenge === null ? (
        <p className="quiet">{t("keys.codeNone")}</p>
      ) : (
        <Form challenge={challenge} sealed={props.sealed} />
      )}
    </Part>
  );
}

function Form(props: { readonly challenge: string; readonly sealed: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const clock = useClock();
  const now = useNow(250);
  const { client, take } = useService();
  const lookAgain = useLookAgain();
  const [purpose, setPurpose] = useState<Purpose>(props.sealed ? "unseal" : "extend");
  const [typed, setTyped] = useState("");
  const [until, setUntil] = useState<number | null>(null);
  const use = useMutation({
    mutationFn: (code: string) => client.it.code({ purpose, code }),
    onSuccess: async (status) => {
      setTyped("");
      setUntil(null);
      take(status);
      await lookAgain();
    },
    onError: async (error) => {
      setUntil(waitAfter(contractError(error), clock()));
      // A try uses the challenge up: the code for it will never fit again, and the new challenge must be in sight.
      setTyped("");
      await lookAgain();
    },
  });
  const { code, strange } = readCode(typed);
  const wait = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
  const usable = strange === null && code.length === CODE_LENGTH && wait === 0 && !use.isPending;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (usable) use.mutate(code);
  };
  return (
    <form className="it-code" aria-label={t("keys.code")} autoComplete="off" onSubmit={submit}>
      <p>{t("keys.codeText")}</p>
      <div>
        <p className="quiet">{t("keys.challenge")}</p>
        <p className="it-challenge" data-testid="it-challenge">
          <bdi dir="ltr">{grouped(props.challenge.replaceAll(/[\s-]+/gu, ""))}</bdi>
        </p>
      </div>
      <fieldset className="it-purpose">
        <legend className="strong">{t("keys.purpose")}</legend>
        {purposes.map((one) => (
          <label key={one} className="it-radio">
            <input
              type="radio"
              name="it-purpose"
              checked={purpose === one}
              onChange={() => setPurpose(one)}
            />
            {t(`keys.${one}`)}
          </label>
        ))}
      </fieldset>
      <label className="strong" htmlFor="it-code">
        {t("keys.codeField")}
      </label>
      <input
        id="it-code"
        className="it-field"
        dir="ltr"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={60}
        value={typed}
        aria-invalid={strange !== null}
        aria-describedby="it-code-hint it-code-says"
        onChange={(event) => {
          const { value, selectionStart } = event.currentTarget;
          const read = readCode(value);
          // In the middle of a correction the text stays as it is, so that the cursor does not jump.
          const tidy = selectionStart === value.length && read.strange === null;
          setTyped(tidy ? grouped(read.code) : value);
        }}
        onBlur={() => {
          if (strange === null) setTyped(grouped(code));
        }}
      />
      <p id="it-code-hint" className="quiet small">
        {t("keys.codeHint")}
      </p>
      <p id="it-code-says" aria-live="polite" className={strange === null ? "quiet" : "danger"}>
        {strange !== null
          ? t("keys.codeStrange", { sign: strange })
          : code.length > CODE_LENGTH
            ? t("keys.codeLong", { total: format.number(CODE_LENGTH) })
            : t("keys.codeTyped", {
                done: format.number(code.length),
                total: format.number(CODE_LENGTH),
              })}
      </p>
      <Button type="submit" disabled={!usable}>
        {use.isPending ? t("keys.codeSending") : t("keys.codeSend")}
      </Button>
      <div role="status" className="workstation-said">
        {use.isSuccess && (
          <p className="note note-good">
            <Sign mark="check" />
            {t("keys.codeAccepted")}
          </p>
        )}
        {use.error !== null && until !== null && (
          <p className="note note-danger">
            <Sign mark="warning" />
            <span>
              <b>{t("keys.codeRefused")}</b>{" "}
              {wait > 0 ? t("keys.codeWait", { count: wait }) : t("keys.codeAgain")}
            </span>
          </p>
        )}
      </div>
      {use.error !== null && until === null && <ProblemNote error={use.error} />}
    </form>
  );
}
