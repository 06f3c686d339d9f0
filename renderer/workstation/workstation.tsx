import { Tabs } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useStatus, useWorkstation } from "../app/index.ts";
import { ProblemNote, ScreenHead, Sign } from "../parts/index.ts";
import { alertsOf } from "./alerts.ts";
import { useKeys } from "./keys.ts";
import { Orders } from "./orders.tsx";
import { Overview } from "./overview.tsx";
import { People } from "./people.tsx";
import { Records } from "./records.tsx";
import { PolicyInForce, Support } from "./support.tsx";
import { Sync } from "./sync.tsx";
import "./workstation.css";

const tabs = ["overview", "people", "orders", "sync", "records", "policy", "support"] as const;
type Tab = (typeof tabs)[number];

/** What IT needs to know of this PC and can do at it. Nothing of a patient. */
export function Workstation(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { session, notices } = useStatus();
  const { obstacle } = session;
  const workstation = useWorkstation();
  const keys = useKeys();
  // Who comes because the PC is sealed comes with a code or a stick.
  const [tab, setTab] = useState<Tab>(
    obstacle === "sealed-by-it" || obstacle === "offline-limit" ? "orders" : "overview",
  );
  const alerts = alertsOf({ keys: keys.data, workstation: workstation.data, obstacle, notices });
  const error = workstation.error ?? keys.error;
  const again = (): void => {
    void workstation.refetch();
    void keys.refetch();
  };
  const missing = error === null ? <p className="empty">{t("app.loading")}</p> : null;
  const panel = (name: Tab): ReactNode => {
    switch (name) {
      case "overview":
        return <Overview keys={keys.data} alerts={alerts} />;
      case "people":
        return keys.data === undefined ? missing : <People keys={keys.data} />;
      case "orders":
        return keys.data === undefined ? missing : <Orders keys={keys.data} />;
      case "sync":
        return workstation.data === undefined ? (
          missing
        ) : (
          <Sync view={workstation.data.sync} pages={workstation.data.inboxPages} />
        );
      case "records":
        return workstation.data === undefined ? missing : <Records view={workstation.data} />;
      case "policy":
        return workstation.data === undefined ? missing : <PolicyInForce view={workstation.data} />;
      case "support":
        return <Support view={workstation.data} />;
    }
  };
  return (
    <main className="screen">
      <ScreenHead title={t("workstation.title")} intro={t("workstation.intro")} />
      {error !== null && <ProblemNote error={error} again={again} />}
      <Tabs
        className="workstation-tabs"
        value={tab}
        keepMounted={false}
        onChange={(value) => setTab(tabs.find((name) => name === value) ?? "overview")}
      >
        <Tabs.List aria-label={t("keys.tabs")}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              <span className="workstation-tab">
                {t(`keys.tab.${name}`)}
                {name === "overview" && alerts.length > 0 && (
                  <span className="chip chip-warn">
                    <Sign mark="warning" />
                    {format.number(alerts.length)}
                  </span>
                )}
              </span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((name) => (
          <Tabs.Panel key={name} value={name} className="workstation-panel">
            {panel(name)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </main>
  );
}
