import type { z } from "zod";
import type { Problem as ProblemSchema } from "../contract/parts.ts";
import { conceptText, fallbackName, field, firstCode, idOf, narrative, text } from "./read.ts";
import { dateOrder, fhirDate } from "./time.ts";

export type Problem = z.infer<typeof ProblemSchema>;

const OVER = new Set(["inactive", "remission", "resolved"]);
const NOT_SO = new Set(["refuted", "entered-in-error"]);

/** Conditions as problems, the active ones first, then newest first; refuted and mistaken ones are left out. */
export function readProblems(resources: readonly unknown[]): Problem[] {
  return resources
    .filter((one) => !NOT_SO.has(firstCode(field(one, "verificationStatus")) ?? ""))
    .map((one) => ({
      id: idOf(one) ?? "",
      text: conceptText(field(one, "code")) ?? narrative(one) ?? fallbackName(one),
      since:
        fhirDate(field(one, "onsetDateTime")) ??
        fhirDate(field(field(one, "onsetPeriod"), "start")) ??
        fhirDate(field(one, "recordedDate")),
      active: isActive(one),
    }))
    .toSorted(
      (a, b) =>
        Number(b.active) - Number(a.active) ||
        dateOrder(b.since) - dateOrder(a.since) ||
        (a.id < b.id ? -1 : 1),
    );
}

/** CLINICAL: without a status a problem counts as active unless its end is recorded. */
function isActive(condition: unknown): boolean {
  const status = firstCode(field(condition, "clinicalStatus"));
  if (status !== null) return !OVER.has(status);
  return (
    text(field(condition, "abatementDateTime")) === null &&
    field(condition, "abatementPeriod") === undefined
  );
}
