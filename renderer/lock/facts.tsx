import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Obstacle, type SessionView, useFormat, useNow, useStatus } from "../app/index.ts";
import { ConnectionState, connectionText } from "../bar/index.ts";
import { agoText, clinicianName, wardName } from "../parts/index.ts";

/** Obstacles behind which the files of this PC are open all the same. */
const filesOpen: ReadonlySet<Obstacle> = new Set<Obstacle>([
  "not-joined",
  "no-roster",
  "sealed-by-it",
  "offline-limit",
]);

/** What may be said of this PC while nobody is signed in: time, ward, connection, age of the cache, why it was locked. */
export function LockFacts(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const { session, connection, unsent } = useStatus();
  const { language } = format.settings;
  const moment = (at: string): string =>
    t("app.list", { first: format.moment(at, now), rest: agoText(at, now, t) });
  const entries = unsent.waiting + unsent.parked;
  const open = session.obstacle === null || filesOpen.has(session.obstacle);
  return (
    <>
      <div>
        <p className="lock-clock">
          <bdi dir="ltr">{format.time(now)}</bdi>
        </p>
        <p className="lock-date">{format.longDate(now)}</p>
        <p className="lock-quiet">{format.hijri(now)}</p>
      </div>
      <p className="lock-ward">
        {session.wards.length === 0
          ? t("lock.noWard")
          : session.wards.map((ward) => wardName(ward, language)).join(" · ")}
      </p>
      {/* CLINICAL: where nothing can be read, nothing is said of it: "all entries have been sent" would be a guess. */}
      <dl className="lock-facts">
        {open && (
          <>
            <dt>{t("lock.connection")}</dt>
            <dd>
              <ConnectionState connection={connection} />
              <span className="small lock-quiet">{connectionText(connection, t)}</span>
              {connection.cause !== null && (
                <span className="small">{t(`connection.cause.${connection.cause}.todo`)}</span>
              )}
            </dd>
            <dt>{t("lock.cache")}</dt>
            <dd>
              {connection.asOf === null
                ? t("lock.cacheNone")
                : t("lock.cacheAsOf", { when: moment(connection.asOf) })}
            </dd>
            <dt>{t("lock.unsent")}</dt>
            <dd>
              {entries === 0 ? t("lock.unsentNone") : t("lock.unsentCount", { count: entries })}
              {unsent.parked > 0 && <span>{t("lock.parkedCount", { count: unsent.parked })}</span>}
            </dd>
          </>
        )}
        {session.lastLock !== null && (
          <>
            <dt>{t("lock.lastLock")}</dt>
            <dd>
              <LockReason reason={session.lastLock.reason} />
              <span>{moment(session.lastLock.at)}</span>
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

/** Where badges are only tapped nothing lies on a reader, so nothing can be taken from it. */
function LockReason(props: {
  readonly reason: NonNullable<SessionView["lastLock"]>["reason"];
}): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { badge, clinician } = useStatus().session;
  const { reason } = props;
  if (reason === "user")
    return clinician === null
      ? t("lock.reason.user-unknown")
      : t("lock.reason.user", { name: clinicianName(clinician, language) });
  const taps = badge.wedge && badge.policy === "off";
  return taps && (reason === "badge-removed" || reason === "other-badge")
    ? t(`lock.reasonTapped.${reason}`)
    : t(`lock.reason.${reason}`);
}
