import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNow, useService } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";

/** Who is here by emergency access, by whom, until when. On every screen for as long as it lasts. */
export function EmergencyBand(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(15_000);
  const { client, status, take } = useService();
  const { emergency } = status.session;
  if (emergency === null) return null;
  const by =
    emergency.by === null
      ? t("emergency.byEnvelope")
      : clinicianName(emergency.by, format.settings.language);
  return (
    <section className="emergency-band" aria-label={t("emergency.title")}>
      <p>
        <Sign mark="warning" />
        {t("emergency.band", {
          name: emergency.name,
          by,
          until: format.moment(emergency.until, now),
        })}
      </p>
      <p className="emergency-why">{t("emergency.bandReason", { reason: emergency.reason })}</p>
      <button
        type="button"
        className="bar-button"
        onClick={() => {
          client.session.signOut().then(take, () => undefined);
        }}
      >
        {t("emergency.end")}
      </button>
    </section>
  );
}
