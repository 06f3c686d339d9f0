import type { z } from "zod";
import type { VitalProblem as VitalProblemSchema } from "../contract/charting.ts";
import type { VitalName, VitalValues } from "../contract/parts.ts";
import { plausibleValue, VITAL_LIMITS, withinLimits } from "./limits.ts";
import type { MeasuredVital } from "./limits.ts";
import { millis } from "./time.ts";

export type VitalProblem = z.infer<typeof VitalProblemSchema>;

/** How far ahead of this PC's clock the time of a set may lie: two clocks and a form filled to the minute. */
export const FUTURE_TOLERANCE_MS = 2 * 60_000;
/** A set older than this is not charted here: it belongs to a record made elsewhere. */
export const OLDEST_SET_MS = 24 * 60 * 60_000;

const MEASURED = Object.keys(VITAL_LIMITS).filter((name) => isMeasured(name));

function isMeasured(name: string): name is MeasuredVital {
  return Object.hasOwn(VITAL_LIMITS, name);
}

/**
 * What keeps a set of vitals from being saved; empty when nothing does. `implausible` goes away when its field is in
 * `confirmed`; nothing else can be confirmed. `at` and `now` are instants with offset.
 */
export function checkVitals(input: {
  readonly values: VitalValues;
  readonly at: string;
  readonly now: string;
  readonly confirmed: readonly VitalName[];
}): VitalProblem[] {
  return [...checkTime(input.at, input.now), ...checkValues(input.values, input.confirmed)];
}

function checkTime(at: string, now: string): VitalProblem[] {
  const moment = millis(at);
  const present = millis(now);
  if (moment === null || present === null) return [{ field: "at", problem: "out-of-range" }];
  if (moment > present + FUTURE_TOLERANCE_MS) return [{ field: "at", problem: "future" }];
  if (moment < present - OLDEST_SET_MS) return [{ field: "at", problem: "too-old" }];
  return [];
}

/** What is wrong with the values themselves. `wanted`: at least one has to be there. */
export function checkValues(
  values: VitalValues,
  confirmed: readonly VitalName[],
  wanted = true,
): VitalProblem[] {
  const problems: VitalProblem[] = [];
  for (const name of MEASURED) {
    const value = values[name];
    if (value === null) continue;
    if (!withinLimits(name, value) || (name === "diastolic" && !belowSystolic(values))) {
      problems.push({ field: name, problem: "out-of-range" });
    } else if (!plausibleValue(name, value) && !confirmed.includes(name)) {
      problems.push({ field: name, problem: "implausible" });
    }
  }
  const empty = MEASURED.every((name) => values[name] === null) && values.consciousness === null;
  if (empty && wanted) problems.push({ field: "set", problem: "empty" });
  return problems;
}

/** CLINICAL: a diastolic pressure that is not below the systolic one is two values swapped or one mistyped. */
function belowSystolic(values: VitalValues): boolean {
  return (
    values.diastolic === null || values.systolic === null || values.diastolic < values.systolic
  );
}
