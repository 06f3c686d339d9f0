import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Clinician, toLatinDigits, useFormat } from "../app/index.ts";
import { clinicianName, PIN_LONGEST, PinKeys } from "../parts/index.ts";
import { CodeField } from "./code-field.tsx";
import type { EmergencyEntry, EmergencyField } from "./emergency-entry.ts";

/** The secret that opens: a colleague's PIN, typed by him, or the code from the ward's envelope. */
export function EmergencyWay(props: {
  readonly entry: EmergencyEntry;
  readonly change: (next: Partial<EmergencyEntry>) => void;
  readonly wrong: readonly EmergencyField[];
  readonly tried: boolean;
  readonly usable: boolean;
  readonly colleagues: readonly Clinician[];
  readonly envelope: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { entry, change } = props;
  const open = { colleague: props.colleagues.length > 0, envelope: props.envelope };
  return (
    <>
      <fieldset className="field-group">
        <legend>{t("emergency.way")}</legend>
        {(["colleague", "envelope"] as const)
          .filter((way) => open[way])
          .map((way) => (
            <label key={way} className="dialog-choice">
              <input
                type="radio"
                name="emergency-way"
                checked={entry.way === way}
                onChange={() => change({ way, pin: "" })}
              />
              {t(`emergency.${way}`)}
            </label>
          ))}
      </fieldset>
      {entry.way === "envelope" ? (
        <CodeField
          code={entry.code}
          tried={props.tried}
          change={(next) => change({ code: next })}
        />
      ) : (
        <ColleagueFields {...props} />
      )}
    </>
  );
}

function ColleagueFields(props: Parameters<typeof EmergencyWay>[0]): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const field = useRef<HTMLInputElement>(null);
  const { entry, change, usable } = props;
  const chosen = props.colleagues.find((one) => one.id === entry.clinician);
  const wrongName = props.wrong.includes("colleague");
  const wrongPin = props.wrong.includes("pin");
  const pin = (next: string): void => change({ pin: next.slice(0, PIN_LONGEST) });
  return (
    <>
      <div className="field">
        <label htmlFor="emergency-colleague">{t("emergency.chooseColleague")}</label>
        <select
          id="emergency-colleague"
          value={entry.clinician ?? ""}
          aria-required
          aria-invalid={wrongName}
          aria-describedby={wrongName ? "emergency-colleague-wrong" : undefined}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change({ clinician: value === "" ? null : value, pin: "" });
          }}
        >
          <option value="">{t("emergency.chooseOne")}</option>
          {props.colleagues
            .toSorted((a, b) =>
              clinicianName(a, language).localeCompare(clinicianName(b, language), language),
            )
            .map((one) => (
              <option key={one.id} value={one.id}>
                {clinicianName(one, language)}
              </option>
            ))}
        </select>
        {wrongName && (
          <p id="emergency-colleague-wrong" className="field-wrong small">
            {t("emergency.problem.colleague")}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor="emergency-pin">
          {chosen === undefined
            ? t("emergency.pin")
            : t("emergency.pinOf", { name: clinicianName(chosen, language) })}
        </label>
        <input
          id="emergency-pin"
          ref={field}
          className="pin-field"
          type="password"
          inputMode="none"
          autoComplete="off"
          maxLength={PIN_LONGEST}
          disabled={!usable}
          value={entry.pin}
          aria-invalid={wrongPin}
          aria-describedby="emergency-pin-hint"
          onChange={(event) => pin(toLatinDigits(event.currentTarget.value))}
        />
        <div id="emergency-pin-hint" className="small">
          {wrongPin && <p className="field-wrong">{t("emergency.problem.pin")}</p>}
          <p className="quiet">{t("emergency.pinHint")}</p>
        </div>
      </div>
      <PinKeys
        usable={usable}
        empty={entry.pin === ""}
        add={(digit) => {
          pin(entry.pin + digit);
          field.current?.focus();
        }}
        clear={() => pin("")}
        erase={() => pin(entry.pin.slice(0, -1))}
      />
    </>
  );
}
