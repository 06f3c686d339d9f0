import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VitalProblem } from "../app/index.ts";
import type { TypedField } from "./vitals-entry.ts";

/** One value to type. What is wrong with it is said when the field is left, not while it is half typed. */
export function VitalInput(props: {
  readonly field: TypedField;
  readonly label: string;
  readonly unit: string;
  readonly text: string;
  readonly problem: VitalProblem["problem"] | "notNumber" | null;
  readonly confirmed: boolean;
  readonly tried: boolean;
  readonly type: (text: string) => void;
  readonly confirm: (sure: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const [left, setLeft] = useState(true);
  const { field, problem, confirmed } = props;
  const id = `vital-${field}`;
  const shown = problem !== null && (left || props.tried) ? problem : null;
  return (
    <div className={shown === null ? "vital" : "vital vital-wrong"}>
      <label className="vital-label" htmlFor={id}>
        {props.label}
      </label>
      <span className="vital-entry">
        <input
          id={id}
          className="vital-field"
          dir="ltr"
          inputMode="decimal"
          autoComplete="off"
          maxLength={6}
          value={props.text}
          aria-invalid={shown !== null}
          aria-describedby={`${id}-says`}
          onChange={(event) => {
            setLeft(false);
            props.type(event.currentTarget.value);
          }}
          onBlur={() => setLeft(true)}
        />
        <bdi dir="ltr" className="unit">
          {props.unit}
        </bdi>
      </span>
      <span id={`${id}-says`} className="vital-says danger" aria-live="polite">
        {shown !== null && t(`vitals.problem.${shown}`)}
      </span>
      {(shown === "implausible" || confirmed) && (
        <label className="check vital-confirm">
          <input
            type="checkbox"
            checked={confirmed}
            onChange={(event) => props.confirm(event.currentTarget.checked)}
          />
          {t("vitals.confirm", { value: props.text })}
        </label>
      )}
    </div>
  );
}
