import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  useAct,
  useClient,
  useFormat,
  useKept,
  useNow,
  type PatientBanner,
  type VitalProblem,
  type VitalSet,
} from "../app/index.ts";
import { checkValues, NO_VALUES } from "../../shared/clinical/index.ts";
import { Dialog, KeptNote, nameLine, ProblemNote } from "../parts/index.ts";
import { type Correction, correctionOf, keptCorrection, valuesIn } from "./correct-entry.ts";
import { CorrectValues } from "./correct-values.tsx";

/** The shortest reason that says something. */
const SHORTEST = 4;

/** Puts a set right that is in the record already: the right values, or that they were never this patient's; and why. */
export function CorrectDialog(props: {
  readonly banner: PatientBanner;
  readonly set: VitalSet;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const client = useClient();
  const queries = useQueryClient();
  const { banner, set, close } = props;
  const { patient } = banner;
  const kept = useKept(patient, `correct/${set.ids?.[0] ?? ""}`, keptCorrection);
  const { entry } = kept;
  const all = valuesIn(set);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly VitalProblem[]>([]);
  const [error, setError] = useState<unknown>(null);
  const act = useAct();

  const { values, wrong, notNumbers, isEmpty } = correctionOf(set, entry);
  const found = [...checkValues({ ...NO_VALUES, ...values }, entry.confirmed, false), ...refused];
  const short = entry.reason.trim().length < SHORTEST;
  const isFit = !short && !isEmpty && notNumbers.length === 0 && found.length === 0;

  const change = (next: Correction): void => {
    kept.change(next);
    setRefused([]);
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (!isFit) return;
    const { uuid, at } = act.of(JSON.stringify([values, wrong, entry.reason.trim()]));
    setBusy(true);
    try {
      await kept.settled();
      await client.record.correct({
        uuid,
        at,
        patient,
        ids: [...(set.ids ?? [])],
        values,
        wrong: [...wrong],
        confirmed: [...entry.confirmed],
        reason: entry.reason.trim(),
      });
      kept.done();
      await queries.invalidateQueries();
      close();
    } catch (problem) {
      const known = contractError(problem);
      if (known?.code === "INVALID")
        setRefused((known.data as { readonly problems: readonly VitalProblem[] }).problems);
      else setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={t("correct.title")} close={close} wide>
      <form
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <p>
          <b>
            <bdi>{nameLine(banner.name, format.settings.language)}</bdi>
          </b>
          {" · "}
          {t("correct.text", { when: format.moment(set.at, now) })}
        </p>
        <CorrectValues
          set={set}
          entry={entry}
          change={change}
          found={found}
          notNumbers={notNumbers}
        />
        <label className="dialog-choice">
          <input
            type="checkbox"
            checked={all.every((name) => wrong.includes(name))}
            onChange={(event) =>
              change({ ...entry, wrong: event.currentTarget.checked ? all : [] })
            }
          />
          {t("correct.allWrong")}
        </label>
        <div className="field">
          <label htmlFor="correct-reason">{t("correct.why")}</label>
          <textarea
            id="correct-reason"
            rows={2}
            dir="auto"
            maxLength={400}
            value={entry.reason}
            aria-required
            aria-invalid={tried && short}
            onChange={(event) => change({ ...entry, reason: event.currentTarget.value })}
          />
        </div>
        {tried && (short || isEmpty) && (
          <p className="field-wrong small" role="alert">
            {t(isEmpty ? "correct.nothing" : "outbox.reasonShort")}
          </p>
        )}
        <p className="quiet small">{t("correct.kept")}</p>
        <KeptNote kept={kept} />
        {error !== null && <ProblemNote error={error} />}
        <div className="dialog-actions">
          <Button type="submit" size="md" disabled={busy}>
            {t("correct.save")}
          </Button>
          <Button variant="default" size="md" onClick={close}>
            {t("outbox.keep")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
