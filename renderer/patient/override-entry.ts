import type { MedicineCheck } from "../app/index.ts";

/** Why in spite of a stop, and who says so too. */
export interface OverrideEntry {
  readonly reason: string;
  readonly second: string;
  readonly pin: string;
}

export const emptyOverride: OverrideEntry = { reason: "", second: "", pin: "" };

const SHORTEST_REASON = 4;

/** CLINICAL: what stops for certain, and was severe, takes two to overrule; the service asks the same again. */
export function needsSecond(check: MedicineCheck | null): boolean {
  return (
    check?.reasons.some(
      ({ action, severe, match }) => action === "stop" && severe && match.strength === "definite",
    ) ?? false
  );
}

/** What is missing before a stop can be overruled; null: nothing, or nothing stops. */
export function overrideProblem(
  entry: OverrideEntry,
  check: MedicineCheck | null,
): "reason" | "second" | null {
  if (check?.action !== "stop") return null;
  if (entry.reason.trim().length < SHORTEST_REASON) return "reason";
  return needsSecond(check) && (entry.second === "" || entry.pin.length < 4) ? "second" : null;
}

/** The override as the service wants it: every record that was on the screen, by name; null where nothing stops. */
export function overrideOf(entry: OverrideEntry, check: MedicineCheck | null) {
  if (check?.action !== "stop") return null;
  return {
    reason: entry.reason,
    allergies: check.reasons.map(({ allergy }) => allergy.id),
    second: needsSecond(check) ? { clinician: entry.second, pin: entry.pin } : null,
  };
}
