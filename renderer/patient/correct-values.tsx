import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  levels,
  useFormat,
  type VitalName,
  type VitalProblem,
  type VitalSet,
  vitalUnits,
} from "../app/index.ts";
import { Unit } from "../parts/index.ts";
import type { Correction } from "./correct-entry.ts";
import { type TypedField, typedFields } from "./vitals-entry.ts";

interface Props {
  readonly set: VitalSet;
  readonly entry: Correction;
  readonly change: (entry: Correction) => void;
  readonly found: readonly VitalProblem[];
  readonly notNumbers: readonly VitalName[];
}

/** What a set says, each with its right value beside it, or that it was entered in error. */
export function CorrectValues(props: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { set, entry, change } = props;
  return (
    <table className="table correct">
      <thead>
        <tr>
          <th scope="col">{t("outbox.conflict.field")}</th>
          <th scope="col">{t("correct.charted")}</th>
          <th scope="col">{t("correct.right")}</th>
          <th scope="col">{t("correct.wrong")}</th>
        </tr>
      </thead>
      <tbody>
        {typedFields.map((name) => {
          const value = set.values[name];
          if (value === null) return null;
          return (
            <Line
              {...props}
              key={name}
              name={name}
              shown={<Unit value={format.number(value)} unit={t(`vitals.${vitalUnits[name]}`)} />}
              typed={entry.typed[name] ?? ""}
            >
              <NumberField name={name} entry={entry} change={change} />
            </Line>
          );
        })}
        {set.values.consciousness !== null && (
          <Line
            {...props}
            name="consciousness"
            shown={t(`vitals.acvpu.${set.values.consciousness}`)}
            typed=""
          >
            <select
              className="correct-level"
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
            </select>
          </Line>
        )}
      </tbody>
    </table>
  );
}

function NumberField(props: {
  readonly name: TypedField;
  readonly entry: Correction;
  readonly change: (entry: Correction) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { name, entry, change } = props;
  return (
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
    />
  );
}

function Line(
  props: Props & {
    readonly name: VitalName;
    readonly shown: ReactNode;
    readonly typed: string;
    readonly children: ReactNode;
  },
): ReactNode {
  const { t } = useTranslation();
  const { name, entry, change } = props;
  const problem = props.notNumbers.includes(name)
    ? ("notNumber" as const)
    : props.found.find((one) => one.field === name)?.problem;
  return (
    <tr>
      <th scope="row">{t(`vitals.${name}`)}</th>
      <td>
        <bdi dir="auto">{props.shown}</bdi>
      </td>
      <td>
        {props.children}
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
            {t("vitals.confirm", { value: props.typed })}
          </label>
        )}
      </td>
      <td>
        <label className="correct-wrong">
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
        </label>
      </td>
    </tr>
  );
}
