import { pinProblem } from "../../shared/trust/pin-rules.ts";
import type { PinProblem } from "../app/index.ts";

/** What stands in the three fields of a PIN change. */
export interface PinChange {
  readonly old: string;
  readonly wanted: string;
  readonly again: string;
}

/** The rules as they are listed, in the order they are checked. */
export const pinRules = ["digits", "run", "birthday", "same"] as const;
export type PinRule = (typeof pinRules)[number];
/** `open`: not known yet while she types. */
export type RuleState = "met" | "open" | "broken";

const ruleOf: Record<PinProblem, PinRule> = {
  "not-digits": "digits",
  "too-short": "digits",
  "too-long": "digits",
  run: "run",
  birthday: "birthday",
  same: "same",
};

/**
 * How each rule stands for what is typed so far. Too short is not held against her while she types. The page does not know
 * her birthday: the service looks at that again.
 */
export function ruleStates(change: PinChange): Readonly<Record<PinRule, RuleState>> {
  const { old, wanted } = change;
  const problem = wanted === "" ? "too-short" : pinProblem(wanted, { old });
  const at = problem === null ? pinRules.length : pinRules.indexOf(ruleOf[problem]);
  const state = (rule: PinRule, index: number): RuleState => {
    if (index === at) return problem === "too-short" ? "open" : "broken";
    if (index > at || (rule === "same" && old === "")) return "open";
    return "met";
  };
  return {
    digits: state("digits", 0),
    run: state("run", 1),
    birthday: state("birthday", 2),
    same: state("same", 3),
  };
}

/** What keeps the change from being asked for, and in which field; null: nothing. */
export function changeProblem(
  change: PinChange,
):
  | { readonly field: "old"; readonly problem: "empty" }
  | { readonly field: "wanted"; readonly problem: PinProblem }
  | { readonly field: "again"; readonly problem: "mismatch" }
  | null {
  if (change.old === "") return { field: "old", problem: "empty" };
  const problem = pinProblem(change.wanted, { old: change.old });
  if (problem !== null) return { field: "wanted", problem };
  return change.wanted === change.again ? null : { field: "again", problem: "mismatch" };
}
