import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Notice, useFormat, useNow, useStatus } from "../app/index.ts";
import { type Mark, Sign } from "../parts/index.ts";
import "./bar.css";

const marks: Record<Notice["kind"], Mark> = {
  "his-distrusted": "stop",
  rollback: "broken",
  "time-doubtful": "clock",
  "clock-skew": "clock",
  "offline-limit-near": "lock",
  "rotation-failed": "key",
};

/** What everybody at this PC must know beside the connection: calm, in words, with since when. Nothing of a patient. */
export function Notices(): ReactNode {
  const { t } = useTranslation();
  const { notices } = useStatus();
  if (notices.length === 0) return null;
  return (
    <div className="notices" role="status" aria-label={t("notice.label")}>
      {notices.map((notice) => (
        <p key={notice.kind} className="notice" title={notice.detail ?? undefined}>
          <Sign mark={marks[notice.kind]} />
          <span>
            <NoticeWords notice={notice} />
          </span>
        </p>
      ))}
    </div>
  );
}

function NoticeWords({ notice }: { readonly notice: Notice }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { kind } = notice;
  const when = notice.since === null ? null : format.moment(notice.since, now);
  if (kind === "offline-limit-near")
    return (
      <>
        <b>
          {when === null
            ? t("notice.offline-limit-near.titleUnknown")
            : t("notice.offline-limit-near.title", { when })}
        </b>
        {" · "}
        {t("notice.offline-limit-near.text")}
      </>
    );
  return (
    <>
      <b>{t(`notice.${kind}.title`)}</b>
      {when !== null && ` ${t("notice.since", { when })}`}
      {" · "}
      {t(`notice.${kind}.text`)}
    </>
  );
}
