import type { Result } from "../contract/parts.ts";
import { OBSERVATION_CATEGORY } from "../fhir/codes.ts";
import { codings, conceptText, fallbackName, field, idOf, number } from "./read.ts";
import { objects, referenceId, text, typeOf } from "./read.ts";
import { dateOrder, effectiveDate, fhirDate } from "./time.ts";
import { isPregnancyObservation } from "./status.ts";
import { isVitalCode } from "./vitals.ts";
import { abnormalOf, rangeText } from "./abnormal.ts";
import { quantityText, valueText } from "./values.ts";

/** Categories of Observations that are findings of their own, not results of a test. */
const NOT_RESULTS = new Set([
  "vital-signs",
  "social-history",
  "survey",
  "exam",
  "therapy",
  "activity",
]);

/**
 * Results, newest first: Observations of laboratory, imaging and procedure, those any DiagnosticReport names, and
 * reports that carry only a conclusion. Entries made in error are left out; nothing is flagged that the data do not say.
 */
export function readResults(
  observations: readonly unknown[],
  reports: readonly unknown[],
): Result[] {
  const panels = panelsOf(reports);
  const fromObservations = observations
    .filter((one) => isResult(one, panels.has(idOf(one) ?? "")))
    .map((one) => readResult(one, panels.get(idOf(one) ?? "") ?? null));
  const fromReports = reports.flatMap((one) => readConclusion(one) ?? []);
  return [...fromObservations, ...fromReports].toSorted(
    (a, b) =>
      dateOrder(b.at) - dateOrder(a.at) ||
      compare(a.panel ?? a.name, b.panel ?? b.name) ||
      compare(a.name, b.name) ||
      compare(a.id, b.id),
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function panelsOf(reports: readonly unknown[]): Map<string, string | null> {
  const panels = new Map<string, string | null>();
  for (const report of reports) {
    if (text(field(report, "status")) === "entered-in-error") continue;
    for (const reference of objects(field(report, "result"))) {
      const id = referenceId(reference);
      if (id !== null) panels.set(id, conceptText(field(report, "code")));
    }
  }
  return panels;
}

function isResult(observation: unknown, inReport: boolean): boolean {
  if (typeOf(observation) !== "Observation") return false;
  if (text(field(observation, "status")) === "entered-in-error") return false;
  if (inReport) return true;
  const categories = codings(field(observation, "category")).map((one) =>
    one.system === OBSERVATION_CATEGORY || one.system === "" ? one.code : "",
  );
  if (categories.some((one) => NOT_RESULTS.has(one))) return false;
  return !isVitalCode(field(observation, "code")) && !isPregnancyObservation(observation);
}

function readResult(observation: unknown, panel: string | null): Result {
  const quantity = field(observation, "valueQuantity");
  const components = objects(field(observation, "component"));
  const own = quantityText(quantity) ?? valueText(observation);
  const value =
    own ??
    components
      .flatMap((one) => {
        const measured = [
          quantityText(field(one, "valueQuantity")),
          unitOf(field(one, "valueQuantity")),
        ];
        const said = text(measured.filter((part) => part !== null).join(" ")) ?? valueText(one);
        return said === null ? [] : [`${conceptText(field(one, "code")) ?? "?"}: ${said}`];
      })
      .join("; ");
  return {
    id: idOf(observation) ?? "",
    at:
      effectiveDate(observation) ??
      fhirDate(field(field(observation, "meta"), "lastUpdated")) ??
      "0000",
    name: conceptText(field(observation, "code")) ?? fallbackName(observation),
    panel,
    value: value === "" ? (conceptText(field(observation, "dataAbsentReason")) ?? "") : value,
    unit: own === null ? null : unitOf(quantity),
    range: rangeText(field(observation, "referenceRange")),
    abnormal: abnormalOf(observation, number(field(quantity, "value"))),
    status: text(field(observation, "status")) ?? "unknown",
  };
}

function unitOf(quantity: unknown): string | null {
  return text(field(quantity, "unit")) ?? text(field(quantity, "code"));
}

/** A report without single results (imaging, microbiology in prose): its conclusion is the value. */
function readConclusion(report: unknown): Result | null {
  const status = text(field(report, "status"));
  const said = text(field(report, "conclusion")) ?? conceptText(field(report, "conclusionCode"));
  if (said === null || status === "entered-in-error") return null;
  return {
    id: idOf(report) ?? "",
    at: effectiveDate(report) ?? "0000",
    name: conceptText(field(report, "code")) ?? fallbackName(report),
    panel: null,
    value: said,
    unit: null,
    range: null,
    abnormal: null,
    status: status ?? "unknown",
  };
}
