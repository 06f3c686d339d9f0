import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import {
  type Format,
  type OutboxEntry,
  useClient,
  useFormat,
  useNavigation,
  useNow,
  useOutbox,
  useStatus,
} from "../app/index.ts";
import {
  Ago,
  clinicianName,
  Moment,
  nameLine,
  ProblemNote,
  ScreenHead,
  Sign,
} from "../parts/index.ts";
import "./outbox.css";

const marks = {
  waiting: "clock",
  sending: "send",
  parked: "warning",
  acknowledged: "check",
} as const;
const vitalNames = [
  "respiratoryRate",
  "spo2",
  "oxygenFlow",
  "systolic",
  "diastolic",
  "pulse",
  "consciousness",
  "temperature",
] as const;

/** Every act that the HIS does not hold yet, in plain words: nothing disappears without a trace. */
export function Outbox(): ReactNode {
  const { t } = useTranslation();
  const outbox = useOutbox();
  const entries = outbox.data;
  return (
    <main className="screen">
      <ScreenHead title={t("outbox.title")} intro={t("outbox.intro")} />
      {outbox.error !== null && (
        <ProblemNote error={outbox.error} again={() => void outbox.refetch()} />
      )}
      {entries === undefined
        ? outbox.error === null && <p className="empty">{t("app.loading")}</p>
        : entries.length === 0 && (
            <p className="note note-good">
              <Sign mark="check" />
              {t("outbox.empty")}
            </p>
          )}
      {entries !== undefined && entries.length > 0 && (
        <div className="panel outbox">
          <table className="table" aria-label={t("outbox.title")}>
            <thead>
              <tr>
                <th scope="col">{t("outbox.what")}</th>
                <th scope="col">{t("outbox.who")}</th>
                <th scope="col">{t("outbox.when")}</th>
                <th scope="col">{t("outbox.state")}</th>
                <th scope="col">{t("outbox.why")}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Entry key={entry.uuid} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function Entry({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { go } = useNavigation();
  const { language } = format.settings;
  const name =
    entry.patientName === null ? t("outbox.unknownPatient") : nameLine(entry.patientName, language);
  return (
    <tr className={`outbox-${entry.state}`}>
      <td>
        <div>
          <button
            type="button"
            className="link"
            disabled={entry.patientName === null}
            onClick={() =>
              go({
                screen: "patient",
                patient: entry.patient,
                tab: entry.kind === "vitals" ? "vitals" : "medicines",
              })
            }
          >
            {t(entry.kind === "vitals" ? "outbox.vitalsFor" : "outbox.doseFor", { name })}
          </button>
          {entry.bed !== null && (
            <span className="quiet"> · {t("outbox.bed", { bed: entry.bed })}</span>
          )}
        </div>
        <ul className="outbox-values small">
          {valueLines(entry.values, t, format).map((line) => (
            <li key={line.name}>
              <span className="quiet">{line.name}</span> <bdi dir="auto">{line.value}</bdi>
            </li>
          ))}
        </ul>
      </td>
      <td>
        <bdi>{clinicianName(entry.author, language)}</bdi>
      </td>
      <td>
        <Moment at={entry.at} />
        <div className="quiet small">
          <Ago at={entry.queuedAt} />
        </div>
      </td>
      <td>
        <span className={entry.state === "parked" ? "chip chip-danger" : "chip chip-plain"}>
          <Sign mark={marks[entry.state]} />
          {t(`outbox.${entry.state}`)}
        </span>
      </td>
      <td className="outbox-why">
        <Why entry={entry} />
      </td>
    </tr>
  );
}

/** Why it is still here, when it is tried next, and what a parked one needs. */
function Why({ entry }: { readonly entry: OutboxEntry }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const client = useClient();
  const queries = useQueryClient();
  const { connection, session } = useStatus();
  const retry = useMutation({
    mutationFn: () => client.outbox.retry({ uuid: entry.uuid }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["outbox"] }),
  });
  return (
    <>
      <p>
        {entry.reason !== null ? (
          <bdi>{entry.reason}</bdi>
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
              } as const
            )[entry.state],
          )
        )}
      </p>
      {entry.state === "parked" && entry.reason !== null && <p>{t("outbox.parkedTodo")}</p>}
      <p className="quiet small">
        {entry.attempts === 0
          ? t("outbox.notTried")
          : t("outbox.attempts", { count: entry.attempts })}
        {entry.nextAttempt !== null && entry.state === "waiting" && (
          <> · {t("outbox.next", { when: format.moment(entry.nextAttempt, now) })}</>
        )}
      </p>
      {entry.state === "parked" && (
        <>
          <Button
            variant="default"
            disabled={retry.isPending || session.emergency !== null}
            onClick={() => retry.mutate()}
          >
            {t("outbox.retry")}
          </Button>
          {session.emergency !== null && <p className="quiet small">{t("emergency.noCharting")}</p>}
        </>
      )}
      {retry.isSuccess && <p role="status">{t("outbox.retried")}</p>}
      {retry.error !== null && <ProblemNote error={retry.error} />}
    </>
  );
}

/** The values of an entry by their names on the ward; a name the page does not know stays as it came. */
function valueLines(
  values: Readonly<Record<string, string>>,
  t: TFunction,
  format: Format,
): readonly { name: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => {
    if (key === "medicine" || key === "notGiven") return { name: t(`outbox.${key}`), value };
    const known = vitalNames.find((name) => name === key);
    return {
      name: known === undefined ? key : t(`vitals.${known}`),
      value: format.digits(value),
    };
  });
}
