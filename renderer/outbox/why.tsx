import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type OutboxEntry, useClient, useFormat, useNow, useStatus } from "../app/index.ts";
import { Moment, ProblemNote } from "../parts/index.ts";
import { ConflictDialog } from "./conflict.tsx";
import { maySettle, mayWithdraw } from "./whose.ts";
import { WithdrawDialog } from "./withdraw.tsx";

/** Why it is still here, when it is tried next, and every way out of it. */
export function Why({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Reason entry={entry} />
      {entry.state === "settled" ? (
        entry.settledAt !== null && (
          <p className="quiet small">
            <Moment at={entry.settledAt} />
          </p>
        )
      ) : (
        <Tries entry={entry} />
      )}
      {entry.state === "parked" && <p>{t(parkedTodo(entry))}</p>}
      {entry.state !== "settled" && <Ways entry={entry} />}
    </>
  );
}

/** Our words say all of it: "Precondition Failed" would only frighten. */
function isPlain(why: NonNullable<OutboxEntry["why"]>): boolean {
  return why === "conflict" || why === "decided" || why === "kept-theirs" || why === "withdrawn";
}

function parkedTodo({ why, conflict }: OutboxEntry): "outbox.decideTodo" | "outbox.parkedTodo" {
  return why === "conflict" && conflict !== null ? "outbox.decideTodo" : "outbox.parkedTodo";
}

/** In words of ours; what the HIS itself said stands beside it. */
function Reason({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const { connection } = useStatus();
  if (entry.why !== null)
    return (
      <>
        <p>{t(`outbox.because.${entry.why}`)}</p>
        {entry.reason !== null && entry.reason !== "" && !isPlain(entry.why) && (
          <p className="quiet small">
            {t("outbox.hisSaid")} <bdi>{entry.reason}</bdi>
          </p>
        )}
      </>
    );
  return (
    <p>
      {entry.reason !== null ? (
        <bdi>{entry.reason}</bdi>
      ) : connection.state === "distrusted" && entry.state === "waiting" ? (
        t("outbox.whyDistrusted")
      ) : (connection.state === "outage" || connection.state === "untrusted") &&
        entry.state === "waiting" ? (
        t("outbox.whyOutage", { since: format.moment(connection.since, now) })
      ) : (
        t(
          (
            {
              waiting: "outbox.whyTurn",
              sending: "outbox.whySending",
              acknowledged: "outbox.whyAcknowledged",
              parked: "outbox.parkedTodo",
              settled: "outbox.settled",
            } as const
          )[entry.state],
        )
      )}
    </p>
  );
}

function Tries({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  return (
    <p className="quiet small">
      {entry.attempts === 0
        ? t("outbox.notTried")
        : t("outbox.attempts", { count: entry.attempts })}
      {entry.nextAttempt !== null && entry.state === "waiting" && (
        <> · {t("outbox.next", { when: format.moment(entry.nextAttempt, now) })}</>
      )}
    </p>
  );
}

/** Decide, offer again, withdraw: what can be done about it, the likeliest first. */
function Ways({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const client = useClient();
  const queries = useQueryClient();
  const { session } = useStatus();
  const [asking, setAsking] = useState<"withdraw" | "decide" | null>(null);
  const retry = useMutation({
    mutationFn: () => client.outbox.retry({ uuid: entry.uuid }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["outbox"] }),
  });
  const reads = session.emergency !== null;
  const close = (): void => setAsking(null);
  const roles = session.clinician?.roles ?? [];
  return (
    <>
      <p className="outbox-ways">
        {entry.conflict !== null && maySettle(entry, roles) && (
          <Button disabled={reads} onClick={() => setAsking("decide")}>
            {t("outbox.decide")}
          </Button>
        )}
        {entry.state === "parked" && entry.conflict === null && (
          <Button
            variant="default"
            disabled={retry.isPending || reads}
            onClick={() => retry.mutate()}
          >
            {t("outbox.retry")}
          </Button>
        )}
        {mayWithdraw(entry, roles) && (
          <Button variant="default" disabled={reads} onClick={() => setAsking("withdraw")}>
            {t("outbox.withdraw")}
          </Button>
        )}
      </p>
      {reads && entry.state === "parked" && (
        <p className="quiet small">{t("emergency.noCharting")}</p>
      )}
      {retry.isSuccess && <p role="status">{t("outbox.retried")}</p>}
      {retry.error !== null && <ProblemNote error={retry.error} />}
      {asking === "withdraw" && <WithdrawDialog entry={entry} close={close} />}
      {asking === "decide" && entry.conflict !== null && (
        <ConflictDialog entry={entry} conflict={entry.conflict} close={close} />
      )}
    </>
  );
}
