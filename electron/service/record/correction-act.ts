import { field, objects, readVital } from "../../../shared/clinical/index.ts";
import { LOINC, VITAL_CODES, type FhirResource } from "../../../shared/fhir/index.ts";
import type { VitalName, VitalValues } from "../../../shared/contract/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import { hasCode } from "../../../shared/clinical/index.ts";
import { consciousnessValue, quantityOf, type Measured } from "./vital-values.ts";

export interface CorrectionInput {
  readonly uuid: string;
  readonly patient: string;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset: when it was corrected, not when it was measured. */
  readonly at: string;
  readonly reason: string;
  /** The Observations of the set, as this PC's record holds them. */
  readonly observations: readonly FhirResource[];
  /** The right values, by name. */
  readonly values: Partial<VitalValues>;
  /** Values that were never this patient's, or never measured. */
  readonly wrong: readonly VitalName[];
}

/**
 * A correction of charted vitals as one act: each Observation that changes on the version it was read in, with status
 * `corrected` or `entered-in-error` (FHIR R4 ObservationStatus) and the reason as a note. Null when nothing would change,
 * or a version is not known.
 */
export function makeCorrectionAct(
  input: CorrectionInput,
): { readonly act: Act; readonly bases: Readonly<Record<string, FhirResource>> } | null {
  const entries: Act["entries"] = [];
  const bases: Record<string, FhirResource> = {};
  for (const observation of input.observations) {
    const { meta, ...said } = observation;
    const changed = corrected(said, input);
    if (changed === null) continue;
    if (meta?.versionId === undefined) return null;
    entries.push({ resource: changed, base: meta.versionId });
    bases[`${observation.resourceType}/${observation.id}`] = observation;
  }
  if (entries.length === 0) return null;
  const { uuid, patient, author, workstation, at, reason } = input;
  const about = { act: null, reason };
  return {
    act: { v: 1, uuid, kind: "correction", patient, author, workstation, at, about, entries },
    bases,
  };
}

function corrected(observation: FhirResource, input: CorrectionInput): FhirResource | null {
  const held = readVital(observation)?.values;
  if (held === undefined) return null;
  const names = Object.keys(held).filter((name): name is VitalName => isVital(name));
  const note = [
    ...objects(field(observation, "note")),
    {
      authorReference: { reference: `Practitioner/${input.author}` },
      time: input.at,
      text: input.reason,
    },
  ];
  if (names.some((name) => input.wrong.includes(name)))
    return { ...observation, status: "entered-in-error", note };
  const changes = names.filter(
    (name) => input.values[name] !== undefined && input.values[name] !== held[name],
  );
  if (changes.length === 0) return null;
  const changed = changes.reduce<Record<string, unknown>>(
    (holder, name) => withValue(holder, name, input.values[name] ?? null),
    observation,
  );
  return { ...observation, ...changed, status: "corrected", note };
}

/** The value where it stands: in the Observation itself, or in the component that carries its code. */
function withValue(
  holder: Record<string, unknown>,
  name: VitalName,
  value: VitalValues[VitalName],
): Record<string, unknown> {
  if (hasCode(field(holder, "code"), LOINC, VITAL_CODES[name]))
    return typeof value === "number" && name !== "consciousness"
      ? { ...holder, valueQuantity: quantityOf(name, value) }
      : value !== null && typeof value === "string"
        ? { ...holder, valueCodeableConcept: consciousnessValue(value) }
        : holder;
  return {
    ...holder,
    component: objects(field(holder, "component")).map((one) =>
      hasCode(field(one, "code"), LOINC, VITAL_CODES[name]) && typeof value === "number"
        ? Object.assign({}, one, { valueQuantity: quantityOf(name as Measured, value) })
        : one,
    ),
  };
}

function isVital(name: string): boolean {
  return Object.hasOwn(VITAL_CODES, name);
}
