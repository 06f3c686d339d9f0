import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../app/index.ts";
import { type Mark, Sign } from "../parts/index.ts";
import type { BadgeStand } from "./badge-stand.ts";

const looks: Record<Exclude<BadgeStand, "none-here">, { mark: Mark; note: string }> = {
  lay: { mark: "clock", note: "" },
  others: { mark: "stop", note: "note-danger" },
  there: { mark: "check", note: "note-good" },
};

/** Her badge, as it lies on the reader at this moment, or without one. */
export function BadgeChoice(props: {
  readonly stand: BadgeStand;
  readonly uid: string | null;
  readonly wanted: boolean;
  readonly want: (wanted: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const name = useId();
  const { policy } = useStatus().session.badge;
  const { stand } = props;
  if (policy === "off") return null;
  const choice = (wanted: boolean): ReactNode => (
    <label className="enrol-radio">
      <input
        type="radio"
        name={name}
        checked={props.wanted === wanted}
        onChange={() => props.want(wanted)}
      />
      {t(wanted ? "enrol.badgeWith" : "enrol.badgeWithout")}
    </label>
  );
  return (
    <fieldset className="enrol-badge">
      <legend>{t("enrol.badgeTitle")}</legend>
      {stand === "none-here" ? (
        <p className="quiet">{t("enrol.badgeNone")}</p>
      ) : (
        <>
          {choice(true)}
          {choice(false)}
          <div aria-live="polite">
            {props.wanted && (
              <p className={`note ${looks[stand].note}`}>
                <Sign mark={looks[stand].mark} />
                <span>
                  {stand === "there"
                    ? props.uid === null
                      ? t("enrol.badgeThereUnnamed")
                      : t("enrol.badgeThere", { uid: shortUid(props.uid) })
                    : t(stand === "lay" ? "enrol.badgeLay" : "enrol.badgeOthers")}
                </span>
              </p>
            )}
          </div>
        </>
      )}
      {policy === "required" && (stand === "none-here" || !props.wanted) && (
        <p className="note note-warn">
          <Sign mark="warning" />
          {t("enrol.badgeRequired")}
        </p>
      )}
    </fieldset>
  );
}

/** The end of a UID tells two badges apart; the whole of it helps nobody here. */
function shortUid(uid: string): string {
  return `…${uid.slice(-4).toUpperCase()}`;
}
