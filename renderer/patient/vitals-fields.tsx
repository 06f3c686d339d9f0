import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import {
  levels,
  type News2,
  type News2Part,
  useFormat,
  type VitalProblem,
  type VitalSet,
} from "../app/index.ts";
import { PartScore, Unit } from "../parts/index.ts";
import { type TypedField, typeInto, type VitalsEntry } from "./vitals-entry.ts";
import { readings } from "./vital-readings.ts";
import { VitalInput } from "./vital-input.tsx";

export interface VitalsFieldsProps {
  readonly entry: VitalsEntry;
  readonly change: (entry: VitalsEntry) => void;
  readonly score: News2;
  readonly before: VitalSet | null;
  readonly problems: readonly VitalProblem[];
  readonly notNumbers: readonly TypedField[];
  /** A save was tried: every problem is shown, not only that of a field that was left. */
  readonly tried: boolean;
  readonly taken: number;
  readonly now: number;
}

/** The fields in ward order: name, value and unit, the value before, and the points of this one. */
export function VitalsFields(props: VitalsFieldsProps): ReactNode {
  const { t } = useTranslation();
  const { entry, change } = props;
  const input = (field: TypedField, unit: string): ReactNode => (
    <VitalInput
      field={field}
      label={t(`vitals.${field}`)}
      unit={unit}
      text={entry.typed[field]}
      problem={
        props.notNumbers.includes(field)
          ? "notNumber"
          : (props.problems.find((problem) => problem.field === field)?.problem ?? null)
      }
      confirmed={entry.confirmed.includes(field)}
      tried={props.tried}
      type={(text) => change(typeInto(entry, field, text))}
      confirm={(sure) =>
        change({
          ...entry,
          confirmed: sure
            ? [...entry.confirmed, field]
            : entry.confirmed.filter((name) => name !== field),
        })
      }
    />
  );
  return (
    <div className="vitals-fields">
      <div className="vitals-heads small quiet" aria-hidden="true">
        <span />
        <span>{t("vitals.before")}</span>
        <span>{t("vitals.score")}</span>
      </div>
      <Line part="respiratoryRate" {...props}>
        {input("respiratoryRate", t("vitals.perMinute"))}
      </Line>
      <Line part="spo2" {...props}>
        {input("spo2", t("vitals.percent"))}
      </Line>
      <Line part="oxygen" {...props}>
        <Choice
          label={t("vitals.oxygen")}
          name="oxygen"
          value={entry.oxygen}
          options={[
            ["air", t("vitals.air")],
            ["oxygen", t("vitals.onOxygen")],
          ]}
          choose={(oxygen) =>
            change({
              ...(oxygen === "air" ? typeInto(entry, "oxygenFlow", "") : entry),
              oxygen,
            })
          }
        />
        {entry.oxygen === "oxygen" && input("oxygenFlow", t("vitals.litres"))}
      </Line>
      <Line part="systolic" {...props}>
        <div className="vital-pair">
          <span className="vital-label" aria-hidden="true">
            {t("vitals.bloodPressure")}
          </span>
          {input("systolic", "/")}
          {input("diastolic", t("vitals.mmhg"))}
        </div>
      </Line>
      <Line part="pulse" {...props}>
        {input("pulse", t("vitals.perMinute"))}
      </Line>
      <Line part="consciousness" {...props}>
        <Choice
          label={t("vitals.consciousness")}
          name="consciousness"
          value={entry.consciousness}
          options={levels.map((level) => [level, t(`vitals.acvpu.${level}`)] as const)}
          letters
          choose={(consciousness) => change({ ...entry, consciousness })}
        />
      </Line>
      <Line part="temperature" {...props}>
        {input("temperature", t("vitals.celsius"))}
      </Line>
      <TimeTaken {...props} />
    </div>
  );
}

function Line(
  props: VitalsFieldsProps & { readonly part: News2Part; readonly children: ReactNode },
): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { before, part, score } = props;
  const last =
    before === null
      ? undefined
      : readings(before.values, t, format).find((reading) => reading.part === part);
  return (
    <div className="vitals-line">
      <div className="vitals-inputs">{props.children}</div>
      <span className="vitals-before quiet">
        {part === "consciousness" ? (
          <span lang="en">{before?.values.consciousness ?? "–"}</span>
        ) : last?.value == null ? (
          "–"
        ) : last.unit === null ? (
          last.value
        ) : (
          <Unit value={last.value} />
        )}
      </span>
      <PartScore points={score.parts[part]} />
    </div>
  );
}

function Choice<Value extends string>(props: {
  readonly label: string;
  readonly name: string;
  readonly value: Value | null;
  readonly options: readonly (readonly [Value, string])[];
  /** Shows the letter of the option before its word. */
  readonly letters?: boolean;
  readonly choose: (value: Value) => void;
}): ReactNode {
  return (
    <fieldset className="choice">
      <legend className="vital-label">
        {props.label}
        {props.letters === true && (
          <span className="choice-word" aria-hidden="true">
            {props.options.find(([value]) => value === props.value)?.[1]}
          </span>
        )}
      </legend>
      <div className="choice-options">
        {props.options.map(([value, label]) => (
          <label key={value} className="choice-option" title={label}>
            <input
              type="radio"
              name={props.name}
              value={value}
              checked={props.value === value}
              onChange={() => props.choose(value)}
              onKeyDown={(event) => {
                const option = props.options.find(
                  ([other]) => other.charAt(0).toUpperCase() === event.key.toUpperCase(),
                );
                if (option === undefined || event.ctrlKey || event.altKey) return;
                event.preventDefault();
                props.choose(option[0]);
              }}
            />
            {props.letters === true ? (
              <span className="choice-letter">
                <b lang="en">{value}</b>
                <span className="hidden">{label}</span>
              </span>
            ) : (
              <span>{label}</span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function TimeTaken(props: VitalsFieldsProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { entry, taken, now } = props;
  const bad = Number.isNaN(taken);
  const problem = props.problems.find((p) => p.field === "at")?.problem;
  const wrong = problem !== undefined && (props.tried || entry.time.trim().length >= 4);
  return (
    <div className="vitals-line vitals-time">
      <div className="vitals-inputs">
        <div className="vital">
          <label className="vital-label" htmlFor="vital-time">
            {t("vitals.takenAt")}
          </label>
          <input
            id="vital-time"
            className="vital-field"
            dir="ltr"
            inputMode="numeric"
            autoComplete="off"
            placeholder={format.time(now)}
            aria-describedby="vital-time-says"
            aria-invalid={wrong}
            value={entry.time}
            onChange={(event) => props.change({ ...entry, time: event.currentTarget.value })}
          />
          <span id="vital-time-says" className={wrong ? "vital-says danger" : "vital-says quiet"}>
            {wrong
              ? t(`vitals.problem.${problem}`)
              : entry.time.trim() === "" || bad
                ? t("vitals.timeHint")
                : t(format.isToday(taken, now) ? "time.today" : "time.yesterday", {
                    time: format.time(taken),
                  })}
          </span>
        </div>
      </div>
    </div>
  );
}
