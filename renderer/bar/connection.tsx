import { Popover } from "@mantine/core";
import type { TFunction } from "i18next";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Connection, type Format, useFormat, useNow } from "../app/index.ts";
import { type Mark, Sign } from "../parts/index.ts";
import { withTimeLeft } from "./time-left.ts";

const marks: Record<Connection["state"], Mark> = {
  starting: "clock",
  live: "link",
  "catching-up": "sync",
  outage: "unlink",
  untrusted: "stop",
  distrusted: "stop",
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
    case "untrusted":
      return t("connection.untrusted");
    case "distrusted":
      return t("connection.distrusted");
    case "outage":
      return t("connection.outage", { since: format.moment(connection.since, now) });
    case "catching-up":
      if (connection.done === null || connection.total === null) return t("connection.catchingUp");
      return withTimeLeft(
        t("connection.catchingUpOf", { done: connection.done, total: connection.total }),
        connection.secondsLeft,
        t,
      );
  }
}

/** What the state means for the person at the PC. */
export function connectionText(connection: Connection, t: TFunction): string {
  if (connection.cause !== null) return t(`connection.cause.${connection.cause}.what`);
  switch (connection.state) {
    case "live":
      return t("connection.liveLong");
    case "starting":
      return t("connection.startingLong");
    case "refused":
      return t("connection.refusedLong");
    case "untrusted":
      return t("connection.untrustedLong");
    case "distrusted":
      return t("connection.distrustedLong");
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
  const word = connectionWord(connection, t, format, now);
  return (
    <span className="connection">
      <Sign mark={marks[connection.state]} />
      <span>
        {connection.cause === null
          ? word
          : `${word} · ${t(`connection.cause.${connection.cause}.short`)}`}
      </span>
    </span>
  );
}

/** What happened, what was kept, what to do; for IT the detail, and when it is tried again. */
export function ConnectionFacts({ connection }: { readonly connection: Connection }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const { cause, nextTry, detail } = connection;
  return (
    <dl className="connection-facts">
      <dt>{t("connection.what")}</dt>
      <dd>{connectionText(connection, t)}</dd>
      {cause !== null && (
        <>
          <dt>{t("connection.kept")}</dt>
          <dd>{t("connection.keptText")}</dd>
          <dt>{t("connection.todo")}</dt>
          <dd>{t(`connection.cause.${cause}.todo`)}</dd>
        </>
      )}
      {(detail !== null || nextTry !== null) && (
        <>
          <dt>{t("connection.forIt")}</dt>
          {detail !== null && (
            <dd>
              <bdi lang="en" dir="ltr">
                {detail}
              </bdi>
            </dd>
          )}
          {nextTry !== null && (
            <dd>{t("connection.nextTry", { when: format.moment(nextTry, now) })}</dd>
          )}
        </>
      )}
    </dl>
  );
}

/** The bar's connection, and behind it what a person needs to know of it: a tooltip is no use to a gloved hand. */
export function ConnectionButton({ connection }: { readonly connection: Connection }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom"
      offset={26}
      width={420}
      trapFocus
      returnFocus
      withinPortal
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="connection-button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <ConnectionState connection={connection} />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("connection.about")}>
        {/* What the trap needs to hold the focus: words alone cannot. */}
        <div tabIndex={-1} data-autofocus>
          <ConnectionFacts connection={connection} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
