import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { officerOnly, useFormat, useStatus } from "../app/index.ts";
import { clinicianName, PIN_LONGEST } from "../parts/index.ts";
import type { OverrideEntry } from "./override-entry.ts";

/** Going on in spite of a stop: the reason, and where it is needed a second clinician's PIN. */
export function StopOverride(props: {
  readonly title: string;
  readonly why: string;
  readonly entry: OverrideEntry;
  readonly change: (part: Partial<OverrideEntry>) => void;
  readonly second: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { session } = useStatus();
  const id = useId();
  const { entry, change } = props;
  const others = session.clinicians.filter(
    (one) => one.id !== session.clinician?.id && one.slot === "ready" && !officerOnly(one),
  );
  return (
    <fieldset className="field-group give-override">
      <legend>{props.title}</legend>
      <div className="field">
        <label htmlFor={`${id}-reason`}>{props.why}</label>
        <textarea
          id={`${id}-reason`}
          rows={2}
          dir="auto"
          maxLength={400}
          value={entry.reason}
          aria-required
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
      </div>
      {props.second && (
        <div className="give-second">
          <div className="field">
            <label htmlFor={`${id}-second`}>{t("give.second")}</label>
            <select
              id={`${id}-second`}
              value={entry.second}
              onChange={(event) => change({ second: event.currentTarget.value })}
            >
              <option value="">{t("give.secondChoose")}</option>
              {others.map((one) => (
                <option key={one.id} value={one.id}>
                  {clinicianName(one, language)}
                </option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor={`${id}-pin`}>{t("give.secondPin")}</label>
            <input
              id={`${id}-pin`}
              type="password"
              inputMode="numeric"
              autoComplete="off"
              maxLength={PIN_LONGEST}
              value={entry.pin}
              onChange={(event) => change({ pin: event.currentTarget.value })}
            />
          </div>
        </div>
      )}
    </fieldset>
  );
}
