import { Button } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  type PinProblem,
  toLatinDigits,
  useClient,
  useClock,
  useNow,
  waitSeconds,
} from "../app/index.ts";
import { Dialog, PIN_LONGEST, PinKeys, ProblemNote, Sign } from "../parts/index.ts";
import { changeProblem, type PinChange } from "./new-pin.ts";
import { PinRules } from "./pin-rules.tsx";
import { pinRefusal, type PinRefusal } from "./pin-refusal.ts";

const fields = ["old", "wanted", "again"] as const;
type Field = (typeof fields)[number];
const empty: PinChange = { old: "", wanted: "", again: "" };

/** She changes her own PIN: the one she has, the new one twice. The PINs live here only, and are gone after each try. */
export function ChangePin({ close }: { readonly close: () => void }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const clock = useClock();
  const now = useNow(250);
  const [pins, setPins] = useState(empty);
  const [active, setActive] = useState<Field>("old");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [refusal, setRefusal] = useState<PinRefusal | null>(null);
  const [other, setOther] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const wait = waitSeconds(refusal, now);
  const problem = changeProblem(pins);
  const into = (field: Field): void =>
    form.current?.querySelector<HTMLInputElement>(`#change-${field}`)?.focus();
  const usable = !busy && wait === 0;
  const refused = refusal !== null || other !== null;
  useEffect(() => {
    // All three are empty again: she starts from the first.
    if (refused && usable) form.current?.querySelector<HTMLInputElement>("#change-old")?.focus();
  }, [refused, usable]);
  const set = (field: Field, value: string): void =>
    setPins((before) => ({ ...before, [field]: value.slice(0, PIN_LONGEST) }));

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setTried(true);
    setRefusal(null);
    setOther(null);
    if (problem !== null) {
      into(problem.field);
      return;
    }
    setBusy(true);
    try {
      await client.session.changePin({ pin: pins.old, wanted: pins.wanted });
      setDone(true);
    } catch (error) {
      const known = pinRefusal(contractError(error), clock());
      setRefusal(known);
      setOther(known === null ? error : null);
    } finally {
      // SECURITY: a PIN is never kept longer than its one try.
      setPins(empty);
      setTried(false);
      setBusy(false);
    }
  };

  if (done)
    return (
      <Dialog key="done" title={t("changePin.title")} close={close}>
        <div className="dialog-form">
          <p className="note note-good" role="status">
            <Sign mark="check" />
            <span>
              <b>{t("changePin.done")}</b> {t("changePin.doneText")}
            </span>
          </p>
          <div className="dialog-actions">
            <Button size="md" onClick={close}>
              {t("app.close")}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("changePin.title")} close={close} wide>
      <form
        ref={form}
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <div className="dialog-columns">
          <div>
            {fields.map((field) => (
              <PinField
                key={field}
                field={field}
                value={pins[field]}
                usable={usable}
                wrong={tried && problem?.field === field ? problem.problem : null}
                change={(value) => set(field, value)}
                enter={() => setActive(field)}
              />
            ))}
            <PinRules change={pins} />
          </div>
          <div>
            <PinKeys
              usable={usable}
              empty={pins[active] === ""}
              add={(digit) => {
                set(active, pins[active] + digit);
                into(active);
              }}
              clear={() => set(active, "")}
              erase={() => set(active, pins[active].slice(0, -1))}
            />
          </div>
        </div>
        <div aria-live="polite">
          {refusal?.kind === "wrong-pin" && (
            <p className="note note-danger">
              <Sign mark="warning" />
              <span>
                <b>{t("changePin.wrongOld")}</b> {t("lock.attempts", { count: refusal.attempts })}{" "}
                {wait > 0 ? t("lock.wait", { count: wait }) : t("lock.again")}
              </span>
            </p>
          )}
          {refusal?.kind === "refused" && (
            <p className="note note-danger">
              <Sign mark="warning" />
              {t(`changePin.problem.${refusal.problem}`)}
            </p>
          )}
          {other !== null && <ProblemNote error={other} />}
        </div>
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy || wait > 0}>
            {t(busy ? "changePin.saving" : "changePin.save")}
          </Button>
          <Button variant="default" size="md" onClick={close}>
            {t("changePin.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PinField(props: {
  readonly field: Field;
  readonly value: string;
  readonly usable: boolean;
  readonly wrong: PinProblem | "empty" | "mismatch" | null;
  readonly change: (value: string) => void;
  readonly enter: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { wrong } = props;
  const id = `change-${props.field}`;
  return (
    <div className="field">
      <label htmlFor={id}>{t(`changePin.${props.field}`)}</label>
      <input
        id={id}
        className="pin-field"
        type="password"
        inputMode="none"
        autoComplete="off"
        maxLength={PIN_LONGEST}
        disabled={!props.usable}
        value={props.value}
        aria-required
        aria-invalid={wrong !== null}
        aria-describedby={wrong === null ? undefined : `${id}-wrong`}
        onFocus={props.enter}
        onChange={(event) => props.change(toLatinDigits(event.currentTarget.value))}
      />
      {wrong !== null && (
        <p id={`${id}-wrong`} className="field-wrong small">
          {wrong === "empty"
            ? t("changePin.oldMissing")
            : wrong === "mismatch"
              ? t("changePin.mismatch")
              : t(`changePin.problem.${wrong}`)}
        </p>
      )}
    </div>
  );
}
