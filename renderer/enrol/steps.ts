import type { SessionView } from "../app/index.ts";
import type { EnrolmentProblem, EnrolmentView } from "./types.ts";

export const steps = ["signIn", "person", "pin", "desk", "done"] as const;
export type Step = (typeof steps)[number];
export type StepState = "past" | "now" | "stopped" | "ahead";

const atDesk: ReadonlySet<EnrolmentProblem> = new Set(["desk-unreachable", "desk-refused"]);

/** The step one is at. `sure`: she has said that the person whom the HIS named is she. */
function current(view: Pick<EnrolmentView, "phase" | "problem">, sure: boolean): Step {
  switch (view.phase) {
    case "idle":
    case "signing-in":
      return "signIn";
    case "identified":
      return sure ? "pin" : "person";
    case "sending":
    case "waiting":
      return "desk";
    case "done":
      return "done";
    case "failed":
      return view.problem !== null && atDesk.has(view.problem) ? "desk" : "signIn";
  }
}

/** The short list of steps with where one is; a failed enrolment shows the step at which it stopped. */
export function stepsOf(
  view: Pick<EnrolmentView, "phase" | "problem">,
  sure: boolean,
): readonly { readonly step: Step; readonly state: StepState }[] {
  const at = steps.indexOf(current(view, sure));
  const here = view.phase === "failed" ? "stopped" : view.phase === "done" ? "past" : "now";
  return steps.map((step, index) => ({
    step,
    state: index < at ? "past" : index === at ? here : "ahead",
  }));
}

/**
 * What she can do on this PC once the desk has accepted. `coming`: her entry has not arrived here yet. `pending`: it has,
 * and a colleague must open the vault once.
 */
export function accessHere(
  clinicians: SessionView["clinicians"],
  person: string | null,
): "ready" | "pending" | "coming" | "withdrawn" {
  const slot = clinicians.find((one) => one.id === person)?.slot;
  if (slot === undefined) return "coming";
  return slot === "ready" || slot === "pending" ? slot : "withdrawn";
}

/** Digits in threes, as they are read out: "123 456". */
export function inThrees(digits: string): string {
  return digits.replaceAll(/(\d{3})(?=\d)/gu, "$1 ");
}
