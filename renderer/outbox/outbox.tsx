import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useOutbox, useSettled, useStatus, type OutboxEntry } from "../app/index.ts";
import { ProblemNote, ScreenHead, Sign } from "../parts/index.ts";
import { Entry } from "./entry.tsx";
import "./outbox.css";

/** Every act that the HIS does not hold yet, in plain words: nothing disappears without a trace. */
export function Outbox(): ReactNode {
  const { t } = useTranslation();
  const { unsent } = useStatus();
  const outbox = useOutbox();
  const entries = outbox.data;
  const more = unsent.waiting + unsent.parked - (entries?.length ?? 0);
  return (
    <main className="screen">
      <ScreenHead title={t("outbox.title")} intro={t("outbox.intro")} />
      {outbox.error !== null && (
        <ProblemNote error={outbox.error} again={() => void outbox.refetch()} />
      )}
      {unsent.drain !== null && (
        <p className="note" role="status">
          <Sign mark="send" />
          {t("outbox.progress", { done: unsent.drain.done, total: unsent.drain.total })}
        </p>
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
        <Entries label={t("outbox.title")} why={t("outbox.why")} entries={entries} />
      )}
      {more > 0 && entries !== undefined && entries.length > 0 && (
        <p className="quiet">{t("outbox.more", { count: more })}</p>
      )}
      <Settled />
    </main>
  );
}

function Entries(props: {
  readonly label: string;
  readonly why: string;
  readonly entries: readonly OutboxEntry[];
}): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="panel outbox">
      <table className="table" aria-label={props.label}>
        <thead>
          <tr>
            <th scope="col">{t("outbox.what")}</th>
            <th scope="col">{t("outbox.who")}</th>
            <th scope="col">{t("outbox.when")}</th>
            <th scope="col">{t("outbox.state")}</th>
            <th scope="col">{props.why}</th>
          </tr>
        </thead>
        <tbody>
          {props.entries.map((entry) => (
            <Entry key={entry.uuid} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is over unsent stays to be looked at: withdrawn, or decided otherwise. */
function Settled(): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const settled = useSettled(open);
  return (
    <details className="outbox-settled" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("outbox.settledTitle")}</summary>
      {settled.error !== null && (
        <ProblemNote error={settled.error} again={() => void settled.refetch()} />
      )}
      {settled.isLoading && <p className="empty">{t("app.loading")}</p>}
      {settled.data?.length === 0 && <p className="empty">{t("outbox.settledNone")}</p>}
      {settled.data !== undefined && settled.data.length > 0 && (
        <Entries
          label={t("outbox.settledTitle")}
          why={t("outbox.settledWhy")}
          entries={settled.data}
        />
      )}
    </details>
  );
}
