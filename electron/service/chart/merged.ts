import { field, hospitalNumber, patientName, text } from "../../../shared/clinical/index.ts";
import type { PatientBanner } from "../../../shared/contract/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { ChartReader, ResourceList } from "../store/index.ts";
import { GUARD_MARK, readMarks } from "./holds.ts";

/** What a Patient says of merges (`Patient.link`, R4 section 8.1.11). */
export interface MergeLinks {
  /** He was merged into this one. */
  readonly into: string | null;
  /** These were merged into him. */
  readonly from: readonly string[];
}

/** SECURITY: only this HIS's own patients, named relative: another server's Patient/1 is another person. */
const OWN = /^Patient\/([A-Za-z0-9\-.]{1,64})$/u;

export function mergeLinks(patient: FhirResource | undefined): MergeLinks {
  const links = field(patient, "link");
  const of = (type: string): string[] =>
    (Array.isArray(links) ? (links as unknown[]) : []).flatMap((link) => {
      const reference = text(field(field(link, "other"), "reference")) ?? "";
      const id = text(field(link, "type")) === type ? OWN.exec(reference)?.[1] : undefined;
      return id === undefined || id === patient?.id ? [] : [id];
    });
  return { into: of("replaced-by")[0] ?? null, from: [...new Set(of("replaces"))] };
}

/**
 * Whose records are shown together with this patient's: those that he says were merged into him, and those that say so
 * themselves, as some systems write only one side. What he was merged into is named and not shown with it.
 */
export function mergedWith(chart: ChartReader, patient: string): PatientBanner["merged"] {
  const own = mergeLinks(personOf(chart, patient));
  const placed = new Set(chart.placements().map((row) => row.patient));
  const saying = chart
    .patients()
    .filter((other) => other !== patient && !placed.has(other))
    .filter((other) => mergeLinks(personOf(chart, other)).into === patient);
  const from = [...new Set([...own.from, ...saying])];
  const named = (id: string): NonNullable<PatientBanner["merged"]["into"]> => {
    const person = personOf(chart, id);
    return { patient: id, name: patientName(person), identifier: hospitalNumber(person) };
  };
  return { into: own.into === null ? null : named(own.into), from: from.map(named) };
}

/** What somebody acts upon at the bed: orders, and what is to be done if the heart stops. */
const ACTED_UPON = new Set([
  "MedicationRequest",
  "MedicationAdministration",
  "Flag",
  "ServiceRequest",
]);

/**
 * What of the other half counts as this patient's. SECURITY: no gate compares the record of somebody who lies nowhere here; when
 * only he says that he is this patient, unsigned, one written line would bring his orders and his resuscitation status to this
 * bed. CLINICAL: what warns and informs is shown all the same, as the banner names the other record.
 */
export function halfOf(
  chart: ChartReader,
  patient: string,
  other: string,
): ReadonlyMap<string, ResourceList> {
  const record = chart.patient(other);
  const isAgreed =
    mergeLinks(personOf(chart, patient)).from.includes(other) ||
    readMarks(record.get(GUARD_MARK)?.resources ?? []).some(
      ({ of, verdict }) => of.type === "Patient" && verdict === "apply-verified",
    );
  // The other half's own name and birth date stay out of this one's banner.
  return new Map(
    [...record].filter(([type]) => type !== "Patient" && (isAgreed || !ACTED_UPON.has(type))),
  );
}

/** Several patients' records as one. CLINICAL: nothing of either is left out; what says the same twice is shown twice. */
export function together(
  records: readonly ReadonlyMap<string, ResourceList>[],
): ReadonlyMap<string, ResourceList> {
  const whole = new Map<string, ResourceList>();
  for (const record of records)
    for (const [type, list] of record) {
      const before = whole.get(type);
      whole.set(type, {
        resources: [...(before?.resources ?? []), ...list.resources],
        damaged: (before?.damaged ?? 0) + list.damaged,
      });
    }
  return whole;
}

function personOf(chart: ChartReader, patient: string): FhirResource | undefined {
  return chart.resources(patient, "Patient").resources[0];
}
