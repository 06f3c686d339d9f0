import { Button, Popover } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useNavigation, useNow, useService } from "../app/index.ts";
import { agoText, Sign, wardName } from "../parts/index.ts";
import { ConnectionButton } from "./connection.tsx";
import { DisplayControls } from "./display-controls.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { withTimeLeft } from "./time-left.ts";
import "./bar.css";

/** Always on screen: where, when, who, how fresh, what is unsent, and the way out. */
export function Bar({ preview }: { readonly preview: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const { status } = useService();
  const { session, connection } = status;
  const { language } = format.settings;
  const stale = connection.state !== "live";
  const { place, go } = useNavigation();
  return (
    <header className={`bar bar-${connection.state}`} aria-label={t("bar.label")}>
      <button
        type="button"
        className="bar-ward"
        title={t("bar.ward")}
        aria-current={place.screen === "ward" ? "page" : undefined}
        onClick={() => go({ screen: "ward" })}
      >
        {session.wards.map((ward) => wardName(ward, language)).join(" · ") || t("bar.ward")}
      </button>
      <div className="bar-clock">
        <bdi dir="ltr" className="bar-time">
          {format.time(now)}
        </bdi>
        <span className="bar-date">
          {t("app.hijri", { gregorian: format.date(now), hijri: format.hijri(now) })}
        </span>
      </div>
      <div className="bar-connection" role="status">
        <ConnectionButton connection={connection} />
        {stale && (
          <span className="bar-as-of">
            {connection.asOf === null
              ? t("app.asOfUnknown")
              : t("bar.asOf", {
                  when: format.moment(connection.asOf, now),
                  ago: agoText(connection.asOf, now + (connection.skewMs ?? 0), t),
                })}
          </span>
        )}
      </div>
      {preview && <span className="bar-preview">{t("app.preview")}</span>}
      <Unsent />
      <PersonMenu />
      <Settings />
      <LockButton />
    </header>
  );
}

/** The number that opens the outbox. */
function Unsent(): ReactNode {
  const { t } = useTranslation();
  const { unsent } = useService().status;
  const { place, go } = useNavigation();
  const count = unsent.waiting + unsent.parked;
  const { drain } = unsent;
  const label =
    count === 0
      ? t("bar.unsentNone")
      : drain === null
        ? t("bar.unsent", { count })
        : withTimeLeft(
            t("bar.draining", { done: drain.done, total: drain.total }),
            drain.secondsLeft,
            t,
          );
  const parked = unsent.parked === 0 ? "" : t("bar.parked", { count: unsent.parked });
  return (
    <button
      type="button"
      className={count === 0 ? "bar-button" : "bar-button bar-loud"}
      aria-label={`${t("bar.outbox")}: ${label}${parked && ` · ${parked}`}`}
      aria-current={place.screen === "outbox" ? "page" : undefined}
      onClick={() => go({ screen: "outbox" })}
    >
      <Sign mark={unsent.parked > 0 ? "warning" : count > 0 ? "send" : "check"} />
      <span>
        {label}
        {parked && ` · ${parked}`}
      </span>
    </button>
  );
}

function Settings(): ReactNode {
  const { t } = useTranslation();
  const { go } = useNavigation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      trapFocus
      returnFocus
      withinPortal
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className="bar-button"
          aria-label={t("bar.menu")}
          onClick={() => setOpen(!open)}
        >
          <Sign mark="settings" />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("bar.menu")}>
        <div className="bar-menu">
          <DisplayControls />
          <Button
            variant="default"
            onClick={() => {
              setOpen(false);
              go({ screen: "workstation" });
            }}
          >
            {t("bar.workstation")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function LockButton(): ReactNode {
  const { t } = useTranslation();
  const { client, take } = useService();
  return (
    <button
      type="button"
      className="bar-button bar-lock"
      onClick={() => {
        // The lock itself ends this page; an answer that never comes is the port's close, which covers it too.
        client.session.lock().then(take, () => undefined);
      }}
    >
      <Sign mark="lock" />
      <span>{t("bar.lock")}</span>
    </button>
  );
}
