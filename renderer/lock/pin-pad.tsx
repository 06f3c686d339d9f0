import { Button } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Clinician,
  contractError,
  toLatinDigits,
  useClock,
  useFormat,
  useNow,
  useService,
} from "../app/index.ts";
import { clinicianName, ProblemNote, Sign } from "../parts/index.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const SHORTEST = 4;
const LONGEST = 64;

/** PIN entry by touch, mouse or keyboard. The PIN lives in this component only, and is gone after each try. */
export function PinPad({ clinician }: { readonly clinician: Clinician | null }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const clock = useClock();
  const { client, take } = useService();
  const [pin, setPin] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [other, setOther] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const now = useNow(250);
  const waitSeconds =
    refusal?.kind === "wrong-pin" ? Math.max(0, Math.ceil((refusal.until - now) / 1000)) : 0;
  const usable = clinician !== null && !busy && waitSeconds === 0;

  useEffect(() => {
    if (usable) field.current?.focus();
  }, [usable]);

  const add = (text: string): void => {
    setPin((before) => (before + text).slice(0, LONGEST));
    field.current?.focus();
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (!usable || pin.length < SHORTEST) return;
    setBusy(true);
    setOther(null);
    try {
      take(await client.session.signIn({ clinician: clinician.id, pin }));
    } catch (error) {
      const known = refusalOf(contractError(error), clock());
      setRefusal(known);
      setOther(known === null ? error : null);
    } finally {
      // SECURITY: a PIN is never kept longer than its one try.
      setPin("");
      setBusy(false);
    }
  };
  const name = clinician === null ? null : clinicianName(clinician, format.settings.language);

  return (
    <form
      className="pin"
      aria-label={t("lock.pin")}
      autoComplete="off"
      onSubmit={(event) => void submit(event)}
    >
      <h2 className="lock-title">
        <label htmlFor="pin">{name === null ? t("lock.pin") : t("lock.pinFor", { name })}</label>
      </h2>
      <input
        id="pin"
        ref={field}
        className="pin-field"
        type="password"
        inputMode="none"
        autoComplete="off"
        maxLength={LONGEST}
        disabled={!usable}
        value={pin}
        aria-describedby="pin-says"
        onChange={(event) => setPin(toLatinDigits(event.currentTarget.value))}
      />
      <div className="pin-keys" dir="ltr">
        {digits.map((digit) => (
          <Button
            key={digit}
            variant="default"
            disabled={!usable}
            onClick={() => add(digit)}
            className="pin-key"
          >
            {format.number(Number(digit))}
          </Button>
        ))}
        <Button
          variant="default"
          className="pin-key pin-word"
          disabled={!usable || pin === ""}
          onClick={() => setPin("")}
        >
          {t("lock.clear")}
        </Button>
        <Button variant="default" className="pin-key" disabled={!usable} onClick={() => add("0")}>
          {format.number(0)}
        </Button>
        <Button
          variant="default"
          className="pin-key"
          aria-label={t("lock.backspace")}
          disabled={!usable || pin === ""}
          onClick={() => setPin((before) => before.slice(0, -1))}
        >
          <Sign mark="erase" />
        </Button>
      </div>
      <Button
        type="submit"
        className="pin-enter"
        fullWidth
        disabled={!usable || pin.length < SHORTEST}
      >
        {busy ? t("lock.signingIn") : t("lock.signIn")}
      </Button>
      <div id="pin-says" className="pin-says" aria-live="polite">
        {clinician === null && <p className="quiet">{t("lock.chooseFirst")}</p>}
        {clinician !== null && refusal === null && other === null && (
          <p className="quiet">{t("lock.typePin")}</p>
        )}
        {refusal?.kind === "wrong-pin" && (
          <p className="note note-danger">
            <Sign mark="warning" />
            <span>
              <b>{t("lock.wrongPin")}</b> {t("lock.attempts", { count: refusal.attempts })}{" "}
              {waitSeconds > 0 ? t("lock.wait", { count: waitSeconds }) : t("lock.again")}
            </span>
          </p>
        )}
        {refusal?.kind === "not-ready" && (
          <p className="note note-warn">
            <Sign mark="question" />
            {t(`lock.notReady.${refusal.why}`)}
          </p>
        )}
        {other !== null && <ProblemNote error={other} />}
      </div>
    </form>
  );
}
