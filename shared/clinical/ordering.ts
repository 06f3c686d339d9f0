import type { OrderedDose, OrderProblem } from "../contract/ordering.ts";
import { millis } from "./time.ts";

/** A course is planned this far ahead at most. */
const LATEST_START_MS = 30 * 24 * 60 * 60_000;
/** What was said at the bedside this morning may be written down now, and no more than that. */
const EARLIEST_START_MS = 24 * 60 * 60_000;

/** What of an order cannot be as it is, in the order of the form; the page asks, and the service asks again. */
export function orderProblems(
  order: Pick<OrderedDose, "dose" | "frequency" | "start" | "end">,
  now: string,
): OrderProblem[] {
  const present = millis(now) ?? Number.NaN;
  const start = millis(order.start) ?? Number.NaN;
  const end = order.end === null ? null : (millis(order.end) ?? Number.NaN);
  const problems: OrderProblem[] = [];
  if (!isWritable(order.dose.value)) problems.push("dose");
  if (order.frequency.kind === "times" && !rise(order.frequency.times)) problems.push("times");
  if (!(start >= present - EARLIEST_START_MS && start <= present + LATEST_START_MS))
    problems.push("start");
  if (end !== null && !(end > start && end > present)) problems.push("end");
  return problems;
}

/** CLINICAL: more than three places after the point is a slip of the key, and FHIR's decimal would carry it on. */
function isWritable(value: number): boolean {
  return value > 0 && Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6;
}

/** Each once, in their order. */
function rise(times: readonly string[]): boolean {
  return times.every((time, index) => index === 0 || (times[index - 1] ?? "") < time);
}
