import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus } from "../app/index.ts";
import { clinicianName, PIN_LONGEST } from "../parts/index.ts";
import type { GiveEntry } from "./give-entry.ts";

/** Giving in spite of a stop: the reason, and where it is needed a second clinician's PIN. */
export function GiveOverride(props: {
  readonly entry: GiveEntry;
  readonly change: (entry: GiveEntry) => void;
  readonly second: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { session } = useStatus();
  const { entry, change } = props;
  const others = session.clinicians.filter(
    ({ id, slot }) => id !== session.clinician?.id && slot === "ready",
  );
  return (
    <fieldset className="field-group give-override">
      <legend>{t("give.override")}</legend>
      <div className="field">
        <label htmlFor="give-override-reason">{t("give.overrideReason")}</label>
        <textarea
          id="give-override-reason"
          rows={2}
          dir="auto"
          maxLength={400}
          value={entry.reason}
          aria-required
          onChange={(event) => change({ ...entry, reason: event.currentTarget.value })}
        />
      </div>
      {props.second && (
        <div className="give-second">
          <div className="field">
            <label htmlFor="give-second">{t("give.second")}</label>
            <select
              id="give-second"
              value={entry.second}
              onChange={(event) => change({ ...entry, second: event.currentTarget.value })}
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
            <label htmlFor="give-pin">{t("give.secondPin")}</label>
            <input
              id="give-pin"
              type="password"
              inputMode="numeric"
              autoComplete="off"
              maxLength={PIN_LONGEST}
              value={entry.pin}
              onChange={(event) => change({ ...entry, pin: event.currentTarget.value })}
            />
          </div>
        </div>
      )}
    </fieldset>
  );
}
