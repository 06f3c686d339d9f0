import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus } from "../app/index.ts";
import { clinicianName, Sign } from "../parts/index.ts";
import { badgeOwner, readerWord } from "./badge.ts";

/** The reader in words: whose badge lies there, a card nobody knows, or that no card would be seen. */
export function Reader(): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { session } = useStatus();
  const { badge } = session;
  const owner = badgeOwner(session);
  const word = readerWord(badge);
  if (word === null && owner === null && !badge.unknown) return null;
  const broken = word === "no-reader" || word === "no-service";
  return (
    <div className="lock-reader" role="status">
      {owner !== null ? (
        <p className={owner.slot === "ready" ? "note note-good" : "note note-warn"}>
          <Sign mark="badge" />
          <span>
            <b>
              {t(badge.watch === "watching" ? "lock.badge.hers" : "lock.badge.tapped", {
                name: clinicianName(owner, language),
              })}
            </b>
            {owner.slot !== "ready" && ` ${t(`lock.notReady.${owner.slot}`)}`}
          </span>
        </p>
      ) : badge.unknown ? (
        <p className="note note-warn">
          <Sign mark="question" />
          <span>
            <b>{t("lock.badge.unknown")}</b> {t("lock.badge.unknownTodo")}
          </span>
        </p>
      ) : (
        word !== null && (
          <p className={broken ? "note note-warn" : "note"}>
            <Sign mark={broken ? "unlink" : "badge"} />
            {t(`lock.badge.${word}`)}
          </p>
        )
      )}
    </div>
  );
}

const PATIENCE_MS = 4000;

/** Her badge is proving itself and opens without a PIN. After a while without a result she is asked for the PIN. */
export function Reopening({ late }: { readonly late: () => void }): ReactNode {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = setTimeout(late, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [late]);
  return (
    <div className="lock-reopening" role="status">
      <Sign mark="badge" />
      <p className="lock-title">{t("lock.reopening")}</p>
      <p className="quiet">{t("lock.reopeningText")}</p>
    </div>
  );
}
