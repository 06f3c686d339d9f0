import type { PinProblem } from "./types.ts";

/** The rules for a PIN, as the list beside the fields names them. */
export const pinRules = ["digits", "length", "run", "date"] as const;
export type PinRule = (typeof pinRules)[number];

const ruleOf: Record<PinProblem, PinRule | null> = {
  "not-digits": "digits",
  "too-short": "length",
  "too-long": "length",
  run: "run",
  birthday: "date",
  same: null,
};

/**
 * Which rules are kept. Only the first broken one is known, so the others stay open until all are met. Her birthday is
 * known to the service alone: that rule is never said to be met here.
 */
export function ruleMarks(
  pin: string,
  problem: PinProblem | null,
): readonly { readonly rule: PinRule; readonly mark: "open" | "broken" | "met" }[] {
  return pinRules.map((rule) => ({
    rule,
    mark: markOf(rule, pin, problem),
  }));
}

function markOf(rule: PinRule, pin: string, problem: PinProblem | null): "open" | "broken" | "met" {
  if (pin === "") return "open";
  if (problem !== null) return ruleOf[problem] === rule ? "broken" : "open";
  return rule === "date" ? "open" : "met";
}

export type PinSays = PinProblem | "empty" | "again" | "differ" | "ready";

/** What to say of the two PIN fields; only `ready` may be sent. A second entry still being typed does not yet differ. */
export function pinSays(pin: string, again: string, problem: PinProblem | null): PinSays {
  if (pin === "") return "empty";
  if (problem !== null) return problem;
  if (again === pin) return "ready";
  return pin.startsWith(again) ? "again" : "differ";
}
