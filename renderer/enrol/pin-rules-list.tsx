import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Sign } from "../parts/index.ts";
import { ruleMarks } from "./pin-entry.ts";
import type { PinProblem } from "./types.ts";

const marks = { open: "same", broken: "warning", met: "check" } as const;

/** The rules for a PIN, marked as it is typed. */
export function PinRules(props: {
  readonly id: string;
  readonly pin: string;
  readonly problem: PinProblem | null;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <div id={props.id} className="enrol-rules">
      <p className="quiet small">{t("enrol.rules")}</p>
      <ul>
        {ruleMarks(props.pin, props.problem).map(({ rule, mark }) => (
          <li key={rule} className={`enrol-rule-${mark}`}>
            <Sign mark={marks[mark]} />
            <span>{t(`enrol.rule.${rule}`)}</span>
            <span className="hidden"> ({t(`enrol.ruleMark.${mark}`)})</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
