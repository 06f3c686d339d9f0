import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Mark, Sign } from "../parts/index.ts";
import type { StepState, stepsOf } from "./steps.ts";

const marks: Record<StepState, Mark> = {
  past: "check",
  now: "clock",
  stopped: "stop",
  ahead: "same",
};

/** The steps in a row, with where one is. */
export function StepList(props: { readonly steps: ReturnType<typeof stepsOf> }): ReactNode {
  const { t } = useTranslation();
  return (
    <ol className="enrol-steps" aria-label={t("enrol.stepsLabel")}>
      {props.steps.map(({ step, state }) => (
        <li
          key={step}
          className={`enrol-step enrol-step-${state}`}
          aria-current={state === "now" || state === "stopped" ? "step" : undefined}
        >
          <Sign mark={marks[state]} />
          <span>{t(`enrol.step.${step}`)}</span>
          <span className="hidden"> ({t(`enrol.state.${state}`)})</span>
        </li>
      ))}
    </ol>
  );
}
