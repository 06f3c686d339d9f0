import { Button } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { pinProblem } from "../../shared/trust/pin-rules.ts";
import { contractError, toLatinDigits, useStatus } from "../app/index.ts";
import { PIN_LONGEST, PinKeys, ProblemNote, Sign } from "../parts/index.ts";
import { BadgeChoice } from "./badge-choice.tsx";
import { badgeSettled, badgeStand } from "./badge-stand.ts";
import { pinSays } from "./pin-entry.ts";
import { PinRules } from "./pin-rules-list.tsx";
import { refusedPin } from "./refused-pin.ts";
import type { PinProblem } from "./types.ts";

type Field = "pin" | "again";

/**
 * Her new PIN, twice, and her badge. SECURITY: the PIN lives in this component only, and is gone after each try.
 */
export function PinForm(props: {
  readonly label: string;
  /** Whose badge may lie on the reader. */
  readonly person: string | null;
  /** The card on the reader. */
  readonly uid: string | null;
  /** The form is what this step begins with: its first field takes the focus. */
  readonly first: boolean;
  readonly send: string;
  readonly sending: string;
  /** What must be said first; null: it may be sent. */
  readonly blocked: string | null;
  readonly submit: (pin: string, badge: boolean) => Promise<void>;
}): ReactNode {
  const { t } = useTranslation();
  const { badge } = useStatus().session;
  const id = useId();
  const [typed, setTyped] = useState({ pin: "", again: "" });
  const [active, setActive] = useState<Field>("pin");
  const [badgeWanted, setBadgeWanted] = useState(true);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<PinProblem | null>(null);
  const [error, setError] = useState<unknown>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const fields = { pin: first, again: second };

  const toFirst = !busy && (props.first || refused !== null);
  useEffect(() => {
    if (toFirst) first.current?.focus();
  }, [toFirst]);

  const problem = pinProblem(typed.pin);
  const says = pinSays(typed.pin, typed.again, problem);
  const stand = badgeStand(badge, props.uid, props.person);
  const settled = badgeSettled(badgeWanted, stand);
  const usable = says === "ready" && settled && props.blocked === null && !busy;

  const change = (field: Field, text: string): void => {
    setRefused(null);
    setTyped((before) => ({ ...before, [field]: toLatinDigits(text).slice(0, PIN_LONGEST) }));
  };
  const press = (text: (before: string) => string): void => {
    change(active, text(typed[active]));
    fields[active].current?.focus();
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (!usable) return;
    setBusy(true);
    setError(null);
    try {
      await props.submit(typed.pin, badgeWanted && stand === "there");
    } catch (thrown) {
      const known = refusedPin(contractError(thrown));
      setRefused(known);
      setError(known === null ? thrown : null);
      setActive("pin");
    } finally {
      setTyped({ pin: "", again: "" });
      setBusy(false);
    }
  };
  const field = (name: Field, label: string): ReactNode => (
    <div className="enrol-field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        ref={fields[name]}
        className="pin-field"
        type="password"
        dir="ltr"
        inputMode="numeric"
        autoComplete="new-password"
        maxLength={PIN_LONGEST}
        disabled={busy}
        value={typed[name]}
        aria-describedby={`${id}-says ${id}-rules`}
        onFocus={() => setActive(name)}
        onChange={(event) => change(name, event.currentTarget.value)}
      />
    </div>
  );

  return (
    <form
      className="enrol-form"
      aria-label={props.label}
      autoComplete="off"
      onSubmit={(event) => void submit(event)}
    >
      <div className="enrol-pins">
        {field("pin", t("enrol.pin"))}
        {field("again", t("enrol.pinAgain"))}
        <p id={`${id}-says`} className={`enrol-says enrol-says-${says}`} aria-live="polite">
          {says === "ready" && <Sign mark="check" />}
          {t(`enrol.says.${says}`)}
        </p>
        {refused !== null && (
          <p className="note note-danger" role="alert">
            <Sign mark="warning" />
            <span>
              <b>{t("enrol.pinRefused")}</b> {t(`enrol.says.${refused}`)}
            </span>
          </p>
        )}
        <PinRules id={`${id}-rules`} pin={typed.pin} problem={problem} />
      </div>
      <PinKeys
        usable={!busy}
        empty={typed[active] === ""}
        add={(digit) => press((before) => before + digit)}
        erase={() => press((before) => before.slice(0, -1))}
        clear={() => press(() => "")}
      />
      <div className="enrol-last">
        <BadgeChoice stand={stand} uid={props.uid} wanted={badgeWanted} want={setBadgeWanted} />
        {error !== null && <ProblemNote error={error} />}
        <Button type="submit" className="enrol-act" disabled={!usable}>
          {busy ? props.sending : props.send}
        </Button>
        {says === "ready" && !busy && (props.blocked !== null || !settled) && (
          <p className="quiet" role="status">
            {props.blocked ?? t("enrol.badgeUnsettled")}
          </p>
        )}
      </div>
    </form>
  );
}
