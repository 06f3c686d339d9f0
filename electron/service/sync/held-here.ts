import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { ChartReader } from "../store/index.ts";
import type { Setting } from "./apply-page.ts";
import type { Notice } from "./notice.ts";

/** The ids of which a notice may want the ledger's word. */
export function idsOf(chart: ChartReader, type: string, notice: Notice | null): string[] {
  if (notice === null) return [];
  if (notice.kind === "tombstones") return notice.gone.map(({ id }) => id);
  if (notice.kind === "moved")
    return notice.resources.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  return [
    ...notice.held.map(([id]) => id),
    ...notice.patients.flatMap((patient) =>
      chart.resources(patient, type).resources.map(({ id }) => id),
    ),
  ];
}

/** Sections as a notice asks for them: each is read once for all that is gathered. */
export function sectionsOf(chart: ChartReader): Pick<Setting, "held" | "unreadable" | "isLoaded"> {
  const sections = new Map<string, ReadonlyMap<string, FhirResource>>();
  return {
    held(patient, type) {
      const key = `${type}/${patient}`;
      const known = sections.get(key);
      if (known !== undefined) return known;
      const held = new Map(
        chart.resources(patient, type).resources.map((resource) => [resource.id, resource]),
      );
      sections.set(key, held);
      return held;
    },
    unreadable: (patient, type) =>
      new Map(
        chart
          .unreadable(patient)
          .flatMap((row) => (row.type === type ? [[row.id, row.at] as const] : [])),
      ),
    isLoaded: (patient, type) =>
      chart.sections(patient).some((row) => row.type === type && row.loaded),
  };
}
