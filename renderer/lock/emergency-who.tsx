import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNow, useStatus } from "../app/index.ts";
import { Sign } from "../parts/index.ts";
import type { EmergencyEntry, EmergencyField } from "./emergency-entry.ts";

/** What an emergency access means, said before it is taken. */
export function EmergencyMeaning(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(15_000);
  const { emergencyMinutes } = useStatus().session;
  const ends =
    emergencyMinutes === undefined
      ? t("emergency.endsSoon")
      : t("emergency.ends", { at: format.time(now + emergencyMinutes * 60_000) });
  return (
    <section className="note emergency-means" aria-label={t("emergency.means")}>
      <Sign mark="warning" />
      <ul>
        {[t("emergency.reads"), t("emergency.recorded"), t("emergency.reviewed"), ends].map(
          (line) => (
            <li key={line}>{line}</li>
          ),
        )}
      </ul>
    </section>
  );
}

/** Who takes it, as she says, and why. */
export function EmergencyWho(props: {
  readonly entry: EmergencyEntry;
  readonly change: (next: Partial<EmergencyEntry>) => void;
  readonly wrong: readonly EmergencyField[];
}): ReactNode {
  const { t } = useTranslation();
  const { entry, change } = props;
  const wrongName = props.wrong.includes("name");
  const wrongReason = props.wrong.includes("reason");
  return (
    <>
      <div className="field">
        <label htmlFor="emergency-name">{t("emergency.name")}</label>
        <input
          id="emergency-name"
          type="text"
          dir="auto"
          autoComplete="off"
          maxLength={100}
          value={entry.name}
          aria-required
          aria-invalid={wrongName}
          aria-describedby={wrongName ? "emergency-name-wrong" : undefined}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        {wrongName && (
          <p id="emergency-name-wrong" className="field-wrong small">
            {t("emergency.problem.name")}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor="emergency-reason">{t("emergency.reason")}</label>
        <textarea
          id="emergency-reason"
          rows={2}
          dir="auto"
          maxLength={500}
          value={entry.reason}
          aria-required
          aria-invalid={wrongReason}
          aria-describedby={wrongReason ? "emergency-reason-wrong" : undefined}
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
        {wrongReason && (
          <p id="emergency-reason-wrong" className="field-wrong small">
            {t("emergency.problem.reason")}
          </p>
        )}
      </div>
    </>
  );
}
