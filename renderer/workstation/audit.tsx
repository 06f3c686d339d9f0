import { Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useFormat, type WorkstationView } from "../app/index.ts";
import { Moment, ProblemNote } from "../parts/index.ts";
import { Judged, Part } from "./part.tsx";

type Audit = WorkstationView["audit"];

/** How often the page looks how far a check is. */
const LOOK_MS = 500;

/** Whether the trail is complete: how far it is signed, what was found, and the check of all of it. */
export function AuditPart({ audit }: { readonly audit: Audit }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const queries = useQueryClient();
  const { check } = audit;
  const running = check.state === "running";
  const look = (): void => void queries.invalidateQueries({ queryKey: ["workstation"] });
  const start = useMutation({ mutationFn: () => client.workstation.checkTrail(), onSuccess: look });
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(
      () => void queries.invalidateQueries({ queryKey: ["workstation"] }),
      LOOK_MS,
    );
    return () => clearInterval(timer);
  }, [running, queries]);
  return (
    <Part title={t("workstation.audit")} wide>
      <Judged ok={audit.signedTo !== null}>
        {t("workstation.trail.entries", { count: audit.entries })} ·{" "}
        {audit.signedTo === null || audit.signedAt === null ? (
          t("workstation.trail.unsigned")
        ) : (
          <>
            {t("workstation.trail.signed", { at: audit.signedTo })} <Moment at={audit.signedAt} />
          </>
        )}
      </Judged>
      <Judged ok={audit.refused === 0}>
        {audit.unsent === 0
          ? t("workstation.trail.sent")
          : t("workstation.trail.unsent", { count: audit.unsent })}
        {audit.refused > 0 && <> · {t("workstation.trail.refused", { count: audit.refused })}</>}
      </Judged>
      {audit.breaks.map((one) => (
        <Judged key={`${one.at} ${one.found}`} ok={false}>
          {t(`workstation.trail.how.${one.how}`, { at: one.at })} <Moment at={one.found} />
        </Judged>
      ))}
      <Checked check={check} />
      <Button
        variant="default"
        disabled={running || start.isPending}
        onClick={() => start.mutate()}
      >
        {t("workstation.trail.check")}
      </Button>
      {start.error !== null && <ProblemNote error={start.error} />}
      <p className="quiet">{t("workstation.trail.whoSawWhat")}</p>
    </Part>
  );
}

function Checked({ check }: { readonly check: Audit["check"] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  switch (check.state) {
    case "never":
      return <p className="quiet">{t("workstation.trail.never")}</p>;
    case "running":
      return (
        <div className="workstation-said" role="status">
          <p>
            {t("workstation.trail.running", {
              checked: format.number(check.checked),
              of: format.number(check.of),
            })}
          </p>
          <Progress
            value={check.of === 0 ? 0 : (100 * check.checked) / check.of}
            aria-label={t("workstation.trail.check")}
          />
        </div>
      );
    case "failed":
      return <Judged ok={false}>{t("workstation.trail.failed")}</Judged>;
    case "done":
      return (
        <Judged ok={check.whole === true}>
          {check.broken === null
            ? t(check.whole === true ? "workstation.trail.whole" : "workstation.trail.wholeSince")
            : t(`workstation.trail.how.${check.broken.how}`, { at: check.broken.at })}{" "}
          {check.at !== null && <Moment at={check.at} />}
        </Judged>
      );
  }
}
