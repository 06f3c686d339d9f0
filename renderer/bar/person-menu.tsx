import { Button, Popover } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useService } from "../app/index.ts";
import { clinicianName, ProblemNote } from "../parts/index.ts";
import { ChangePin } from "./change-pin.tsx";

/** Who is signed in; behind it what concerns her alone: her PIN, and signing out. */
export function PersonMenu(): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat().settings;
  const { client, status, take } = useService();
  const { clinician, emergency } = status.session;
  const [open, setOpen] = useState(false);
  const [changing, setChanging] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const name = clinician === null ? (emergency?.name ?? "") : clinicianName(clinician, language);
  const role =
    emergency === null
      ? (clinician?.roles.map((r) => t(`role.${r}`)).join(" · ") ?? "")
      : t("emergency.title");
  return (
    <>
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
            className="bar-who"
            title={t("bar.signedIn", { name, role })}
            onClick={() => setOpen(!open)}
          >
            <span className="strong">
              <bdi>{name}</bdi>
            </span>{" "}
            <span className="bar-role">{role}</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("bar.person", { name, role })}>
          <div className="bar-menu">
            {clinician !== null && emergency === null && (
              <Button
                variant="default"
                onClick={() => {
                  setOpen(false);
                  setChanging(true);
                }}
              >
                {t("bar.changePin")}
              </Button>
            )}
            <Button
              variant="default"
              onClick={() => {
                client.session.signOut().then(take, setError);
              }}
            >
              {t("bar.signOut")}
            </Button>
            {error !== null && <ProblemNote error={error} />}
          </div>
        </Popover.Dropdown>
      </Popover>
      {changing && <ChangePin close={() => setChanging(false)} />}
    </>
  );
}
