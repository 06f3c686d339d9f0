import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Connection, type Format, useFormat, useNow } from "../app/index.ts";
import { type Mark, Sign } from "../parts/index.ts";

const marks: Record<Connection["state"], Mark> = {
  starting: "clock",
  live: "link",
  "catching-up": "sync",
  outage: "unlink",
  refused: "stop",
};

/** The state in two or three words: "Live", "Outage since 14:02", "Catching up 1240 of 3000". */
export function connectionWord(
  connection: Connection,
  t: TFunction,
  format: Format,
  now: number,
): string {
  switch (connection.state) {
    case "live":
      return t("connection.live");
    case "starting":
      return t("connection.starting");
    case "refused":
      return t("connection.refused");
    case "outage":
      return t("connection.outage", { since: format.moment(connection.since, now) });
    case "catching-up":
      return connection.done === null || connection.total === null
        ? t("connection.catchingUp")
        : t("connection.catchingUpOf", { done: connection.done, total: connection.total });
  }
}

/** What the state means for the person at the PC. */
export function connectionText(connection: Connection, t: TFunction): string {
  switch (connection.state) {
    case "live":
      return t("connection.liveLong");
    case "starting":
      return t("connection.startingLong");
    case "refused":
      return t("connection.refusedLong");
    case "outage":
      return t("connection.outageLong");
    case "catching-up":
      return t("connection.catchingUpLong");
  }
}

/** Sign and words; the colour is the bar's. */
export function ConnectionState({ connection }: { readonly connection: Connection }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const detail = connection.detail === null ? "" : ` ${connection.detail}`;
  return (
    <span className="connection" title={connectionText(connection, t) + detail}>
      <Sign mark={marks[connection.state]} />
      <span>{connectionWord(connection, t, format, now)}</span>
    </span>
  );
}
