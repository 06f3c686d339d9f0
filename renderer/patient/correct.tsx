import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  contractError,
  instantWithOffset,
  useClient,
  useClock,
  useFormat,
  useNow,
  type VitalName,
  type VitalProblem,
  type VitalSet,
} from "../app/index.ts";
import { checkValues, NO_VALUES } from "../../shared/clinical/index.ts";
import { Dialog, ProblemNote } from "../parts/index.ts";
import { correctionOf, emptyCorrection, type Correction } from "./correct-entry.ts";
import { typedFields } from "./vitals-entry.ts";

/** The shortest reason that says something. */
const SHORTEST = 4;

/** Puts a set right that is in the record already: the right values, or that they were never this patient's; and why. */
export function CorrectDialog(props: {
  readonly patient: string;
  readonly set: VitalSet;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const clock = useClock();
  const now = useNow(60_000);
  const client = useClient();
  const queries = useQueryClient();
  const { patient, set, close } = props;
  const [entry, setEntry] = useState<Correction>(emptyCorrection);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly VitalProblem[]>([]);
  const [error, setError] = useState<unknown>(null);
  /** Made with the first try: a repeated save is the same act. */
  const act = useRef<{ uuid: string; at: string; said: string } | null>(null);

  const { values, wrong, notNumbers, isEmpty } = correctionOf(set, entry);
  const found = [...checkValues({ ...NO_VALUES, ...values }, entry.confirmed, false), ...refused];
  const short = entry.reason.trim().length < SHORTEST;
  const isFit = !short && !isEmpty && notNumbers.length === 0 && found.length === 0;

  const change = (next: Correction): void => {
    setEntry(next);
    setRefused([]);
  };
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (!isFit) return;
    const said = JSON.stringify([values, wrong, entry.reason.trim()]);
    // Other values are another act, even if the answer about the first was lost.
    if (act.current?.said !== said)
      act.current = { uuid: crypto.randomUUID(), at: instantWithOffset(clock()), said };
    setBusy(true);
    try {
      const { uuid, at } = act.current;
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

  const row = (name: VitalName, shown: string, input: ReactNode): ReactNode => {
    const problem = notNumbers.includes(name)
      ? ("notNumber" as const)
      : found.find((one) => one.field === name)?.problem;
    return (
      <tr key={name}>
        <th scope="row">{t(`vitals.${name}`)}</th>
        <td>
          <bdi dir="auto">{shown}</bdi>
        </td>
        <td>
          {input}
          {problem !== undefined && (
            <p className="field-wrong small" role="alert">
              {t(`vitals.problem.${problem}`)}
            </p>
          )}
          {problem === "implausible" && (
            <label className="dialog-choice small">
              <input
                type="checkbox"
                checked={false}
                onChange={() => change({ ...entry, confirmed: [...entry.confirmed, name] })}
              />
              {t("vitals.confirm", { value: shown })}
            </label>
          )}
        </td>
        <td>
          <label className="dialog-choice">
            <input
              type="checkbox"
              aria-label={`${t(`vitals.${name}`)}: ${t("correct.wrong")}`}
              checked={entry.wrong.includes(name)}
              onChange={(event) =>
                change({
                  ...entry,
                  wrong: event.currentTarget.checked
                    ? [...entry.wrong, name]
                    : entry.wrong.filter((other) => other !== name),
                })
              }
            />
            {t("correct.wrong")}
          </label>
        </td>
      </tr>
    );
  };

  return (
    <Dialog title={t("correct.title")} close={close} wide>
      <form
        className="dialog-form"
        noValidate
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
      >
        <p>{t("correct.text", { when: format.moment(set.at, now) })}</p>
        <table className="table correct">
          <thead>
            <tr>
              <th scope="col">{t("outbox.conflict.field")}</th>
              <th scope="col">{t("correct.charted")}</th>
              <th scope="col">{t("correct.right")}</th>
              <th scope="col">
                <span className="hidden">{t("correct.wrong")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {typedFields.flatMap((name) => {
              const value = set.values[name];
              if (value === null) return [];
              return row(
                name,
                format.number(value),
                <input
                  className="vital-field"
                  dir="ltr"
                  inputMode="decimal"
                  maxLength={6}
                  aria-label={`${t(`vitals.${name}`)}: ${t("correct.right")}`}
                  disabled={entry.wrong.includes(name)}
                  value={entry.typed[name] ?? ""}
                  onChange={(event) =>
                    change({
                      ...entry,
                      typed: { ...entry.typed, [name]: event.currentTarget.value },
                      confirmed: entry.confirmed.filter((other) => other !== name),
                    })
                  }
                />,
              );
            })}
            {set.values.consciousness !== null &&
              row(
                "consciousness",
                t(`vitals.acvpu.${set.values.consciousness}`),
                <select
                  aria-label={`${t("vitals.consciousness")}: ${t("correct.right")}`}
                  disabled={entry.wrong.includes("consciousness")}
                  value={entry.consciousness ?? ""}
                  onChange={(event) =>
                    change({
                      ...entry,
                      consciousness:
                        levels.find((level) => level === event.currentTarget.value) ?? null,
                    })
                  }
                >
                  <option value="">–</option>
                  {levels.map((level) => (
                    <option key={level} value={level}>
                      {t(`vitals.acvpu.${level}`)}
                    </option>
                  ))}
                </select>,
              )}
          </tbody>
        </table>
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

const levels = ["A", "C", "V", "P", "U"] as const;
