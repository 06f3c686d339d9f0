import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { elapsed, useFormat, useNow } from "../app/index.ts";
import type { TFunction } from "i18next";

/** "12 min ago". */
export function agoText(instant: string, now: number, t: TFunction): string {
  const { count, unit } = elapsed(instant, now);
  switch (unit) {
    case "now":
      return t("time.now");
    case "minutes":
      return t("time.minutesAgo", { count });
    case "hours":
      return t("time.hoursAgo", { count });
    case "days":
      return t("time.daysAgo", { count });
  }
}

/** How long ago, kept up to date; the exact time as a tooltip. */
export function Ago({ at }: { readonly at: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(20_000);
  return (
    <time dateTime={at} title={format.moment(at, now)}>
      {agoText(at, now, t)}
    </time>
  );
}

/** A moment as a clinician reads it: the time today, else day and time. */
export function Moment({ at }: { readonly at: string }): ReactNode {
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <time dateTime={at}>
      <bdi>{format.moment(at, now)}</bdi>
    </time>
  );
}

/** "As of 14:05": nothing of the record is shown without it. */
export function AsOf({ at }: { readonly at: string | null }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <span className="quiet small as-of">
      {at === null ? t("app.asOfUnknown") : t("app.asOf", { when: format.moment(at, now) })}
    </span>
  );
}
