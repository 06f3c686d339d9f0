import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { elapsed, type SectionState, useFormat, useNow, useStatus } from "../app/index.ts";
import type { TFunction } from "i18next";
import { type RecordKind, saidOf } from "./fresh.ts";
import { Sign } from "./marks.tsx";

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

/** Time and age: nothing of the record is shown without it, and what is old says so in word, sign and colour. */
export function AsOf(props: {
  readonly section: Pick<SectionState, "loaded" | "asOf" | "damaged"> & {
    readonly unreadable: number;
  };
  readonly kind: RecordKind;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useStatus();
  const now = useNow(20_000);
  const { asOf } = props.section;
  const { words, tone } = saidOf(props.section, props.kind, status, now);
  const text =
    asOf === null
      ? t(words === "notLoaded" ? "fresh.notLoaded" : "fresh.noTime")
      : t(`fresh.${words}`, {
          when: format.moment(asOf, now),
          ago: agoText(asOf, now + (status.connection.skewMs ?? 0), t),
        });
  return (
    <span className={`small as-of as-of-${tone}`}>
      {tone === "warn" && <Sign mark={words === "old" ? "clock" : "question"} />}
      {text}
    </span>
  );
}

/**
 * What this PC cannot see while the HIS is away: said where somebody could take its absence for "not done", and of doses where
 * one is given.
 */
export function Elsewhere(props: { readonly doses?: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { connection } = useStatus();
  if (connection.state === "live" || connection.state === "catching-up") return null;
  return (
    <p className="note note-warn">
      <Sign mark="unlink" />
      <span>
        {t(props.doses === true ? "medicine.outage" : "outage.elsewhere", {
          since: format.moment(connection.asOf ?? connection.since, now),
        })}
      </span>
    </p>
  );
}
