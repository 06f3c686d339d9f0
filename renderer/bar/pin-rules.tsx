import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PIN_LEAST } from "../../shared/trust/pin-rules.ts";
import { type Mark, Sign } from "../parts/index.ts";
import { type PinChange, pinRules, type RuleState, ruleStates } from "./new-pin.ts";

const marks: Record<RuleState, Mark> = { met: "check", open: "same", broken: "close" };
const words = {
  met: "changePin.met",
  open: "changePin.notMet",
  broken: "changePin.broken",
} as const;

/** The rules for a new PIN, said before it is typed and ticked off while it is. */
export function PinRules({ change }: { readonly change: PinChange }): ReactNode {
  const { t } = useTranslation();
  const states = ruleStates(change);
  return (
    <section aria-label={t("changePin.rules")}>
      <p className="strong">{t("changePin.rules")}</p>
      <ul className="pin-rules">
        {pinRules.map((rule) => (
          <li key={rule} className={`pin-rule pin-rule-${states[rule]}`}>
            <Sign mark={marks[states[rule]]} />
            <span>
              {t(`changePin.rule.${rule}`, { least: PIN_LEAST })}
              <span className="hidden">: {t(words[states[rule]])}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
