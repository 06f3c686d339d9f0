import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  keptReason,
  type OutboxEntry,
  useAct,
  useClient,
  useFormat,
  useKept,
} from "../app/index.ts";
import { Dialog, KeptNote, Moment, nameLine, ProblemNote } from "../parts/index.ts";
import { ValueList } from "./value-list.tsx";

/** The shortest reason that says something. */
const SHORTEST = 4;

/** Before an unsent entry is taken back: which one, and why. It stays to be seen among what is over. */
export function WithdrawDialog(props: {
  readonly entry: OutboxEntry;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const { entry, close } = props;
  const kept = useKept(entry.patient, `withdraw/${entry.uuid}`, keptReason);
  const reason = kept.entry;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = useAct();
  const short = reason.trim().length < SHORTEST;

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (short) return;
    setBusy(true);
    setError(null);
    try {
      await kept.settled();
      await client.outbox.withdraw({ ...act.of(), act: entry.uuid, reason: reason.trim() });
      kept.done();
      await queries.invalidateQueries({ queryKey: ["outbox"] });
      close();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const { language } = format.settings;
  const name = entry.patientName === null ? "" : nameLine(entry.patientName, language);
  return (
    <Dialog title={t("outbox.withdrawTitle")} close={close}>
      <form
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <p className="strong">
          {t(`outbox.for.${entry.kind}`, { name })}
          {entry.bed !== null && ` · ${t("outbox.bed", { bed: entry.bed })}`}
          {" · "}
          <Moment at={entry.at} />
        </p>
        <ValueList entry={entry} />
        <p>{t(entry.attempts === 0 ? "outbox.withdrawNever" : "outbox.withdrawAsked")}</p>
        <div className="field">
          <label htmlFor="withdraw-reason">{t("outbox.withdrawWhy")}</label>
          <textarea
            id="withdraw-reason"
            rows={2}
            dir="auto"
            maxLength={400}
            value={reason}
            aria-required
            aria-invalid={tried && short}
            aria-describedby={tried && short ? "withdraw-wrong" : undefined}
            onChange={(event) => kept.change(event.currentTarget.value)}
          />
          {tried && short && (
            <p id="withdraw-wrong" className="field-wrong small" role="alert">
              {t("outbox.reasonShort")}
            </p>
          )}
        </div>
        <KeptNote kept={kept} />
        {error !== null && <ProblemNote error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy}>
            {t("outbox.withdraw")}
          </Button>
          <Button variant="default" size="md" onClick={close}>
            {t("outbox.keep")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
