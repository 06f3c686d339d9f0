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
  waitSeconds,
} from "../app/index.ts";
import {
  clinicianName,
  PIN_LONGEST,
  PIN_SHORTEST,
  PinKeys,
  ProblemNote,
  Sign,
} from "../parts/index.ts";
import type { PinBlock } from "./badge.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

/**
 * PIN entry by touch, mouse or keyboard. The PIN lives in this component only, and is gone after each try. `blocked` says
 * why no PIN is asked for as things lie on the reader.
 */
export function PinPad(props: {
  readonly clinician: Clinician | null;
  readonly blocked: PinBlock | null;
  /** Her badge was to open this PC by itself and did not. */
  readonly noProof: boolean;
}): ReactNode {
  const { clinician, blocked } = props;
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
  const wait = waitSeconds(refusal, now);
  const usable = clinician !== null && blocked === null && !busy && wait === 0;

  const wasUsable = useRef(usable);
  useEffect(() => {
    // After a try or a wait; who has just been chosen is the list's business.
    if (usable && !wasUsable.current) field.current?.focus();
    wasUsable.current = usable;
  }, [usable]);

  const add = (text: string): void => {
    setPin((before) => (before + text).slice(0, PIN_LONGEST));
    field.current?.focus();
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (!usable || pin.length < PIN_SHORTEST) return;
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
        maxLength={PIN_LONGEST}
        disabled={!usable}
        value={pin}
        aria-describedby="pin-says"
        onChange={(event) => setPin(toLatinDigits(event.currentTarget.value))}
      />
      <PinKeys
        usable={usable}
        empty={pin === ""}
        add={add}
        clear={() => setPin("")}
        erase={() => setPin((before) => before.slice(0, -1))}
      />
      <Button
        type="submit"
        className="pin-enter"
        fullWidth
        disabled={!usable || pin.length < PIN_SHORTEST}
      >
        {busy ? t("lock.signingIn") : t("lock.signIn")}
      </Button>
      <div id="pin-says" className="pin-says" aria-live="polite">
        {blocked !== null && (
          <p className="note note-warn">
            <Sign mark="badge" />
            {t(`lock.badge.${blocked}`)}
          </p>
        )}
        {blocked === null && clinician === null && <p className="quiet">{t("lock.chooseFirst")}</p>}
        {blocked === null && clinician !== null && refusal === null && other === null && (
          <p className="quiet">{t(props.noProof ? "lock.badge.noProof" : "lock.typePin")}</p>
        )}
        {refusal?.kind === "wrong-pin" && (
          <p className="note note-danger">
            <Sign mark="warning" />
            <span>
              <b>{t("lock.wrongPin")}</b> {t("lock.attempts", { count: refusal.attempts })}{" "}
              {wait > 0 ? t("lock.wait", { count: wait }) : t("lock.again")}
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
