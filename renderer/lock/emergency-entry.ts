import { codeProblem } from "./envelope-code.ts";

/** What was typed for an emergency access. */
export interface EmergencyEntry {
  readonly name: string;
  readonly reason: string;
  readonly way: "colleague" | "envelope";
  readonly clinician: string | null;
  readonly pin: string;
  readonly code: string;
}

export type EmergencyField = "name" | "reason" | "colleague" | "pin" | "code";

const NAME_SHORTEST = 2;
const REASON_SHORTEST = 4;
const PIN_SHORTEST = 4;

/** The fields that keep it from being asked for, in the order they stand on screen. */
export function emergencyProblems(entry: EmergencyEntry): readonly EmergencyField[] {
  const wrong: EmergencyField[] = [];
  if (entry.name.trim().length < NAME_SHORTEST) wrong.push("name");
  if (entry.reason.trim().length < REASON_SHORTEST) wrong.push("reason");
  if (entry.way === "envelope") {
    if (codeProblem(entry.code) !== null) wrong.push("code");
  } else {
    if (entry.clinician === null) wrong.push("colleague");
    if (entry.pin.length < PIN_SHORTEST) wrong.push("pin");
  }
  return wrong;
}

/** The contract's request; null while a field is missing. */
export function emergencyRequest(entry: EmergencyEntry) {
  if (emergencyProblems(entry).length > 0) return null;
  const { clinician, pin, code } = entry;
  const said = { name: entry.name.trim(), reason: entry.reason.trim() };
  if (entry.way === "envelope") return { ...said, way: { kind: "envelope" as const, code } };
  return clinician === null
    ? null
    : { ...said, way: { kind: "colleague" as const, clinician, pin } };
}
