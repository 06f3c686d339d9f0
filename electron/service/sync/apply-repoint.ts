import { isGuarded } from "../guard/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { Gathered, Setting } from "./apply-page.ts";
import { factOf, gateVersion } from "./guarded.ts";
import type { Moved } from "./notice.ts";
import { patientOf } from "./references.ts";
import { readable } from "./readable.ts";

/** Requests run side by side for at most this long: an older version that comes later than that is the HIS's own word. */
const OVERTAKING_MS = 60_000;

/**
 * Patients other than `patient` under whom this PC holds the resource, by the chart and by what is gathered so far, with
 * the version held there (null where it could not be read).
 */
export function otherHolders(
  gathered: Gathered,
  patient: string,
  type: string,
  id: string,
  setting: Setting,
): Map<string, FhirResource | null> {
  const found = new Map<string, FhirResource | null>();
  for (const other of setting.holders(type, id)) {
    if (other === patient) continue;
    const place = `${other}/${type}/${id}`;
    const gatheredHere = gathered.upserts.get(place)?.resource;
    if (gathered.removals.has(place) && gatheredHere === undefined) continue;
    const held = gatheredHere ?? setting.held(other, type).get(id);
    if (held !== undefined) found.set(other, held);
    else if (gathered.unreadable.has(place) || setting.unreadable(other, type).has(id))
      found.set(other, null);
  }
  return found;
}

/** True when another patient here has a newer version, and the answer is so early that it was overtaken by it. */
export function isOvertakenElsewhere(
  others: ReadonlyMap<string, FhirResource | null>,
  incoming: FhirResource,
  asOf: string,
): boolean {
  const at = Date.parse(incoming.meta?.lastUpdated ?? "");
  return [...others.values()].some((held) => {
    const heldAt = Date.parse(held?.meta?.lastUpdated ?? "");
    return at < heldAt && Date.parse(asOf) < heldAt + OVERTAKING_MS;
  });
}

/** Takes a resource away from those whose it no longer is: its version here has been accepted for `patient`. */
export function leaveOthers(
  gathered: Gathered,
  patient: string,
  type: string,
  id: string,
  setting: Setting,
): void {
  for (const from of otherHolders(gathered, patient, type, id, setting).keys()) {
    const place = `${from}/${type}/${id}`;
    gathered.upserts.delete(place);
    gathered.unreadable.delete(place);
    gathered.removals.set(place, { patient: from, type, id });
    gathered.alarms.push({ kind: "repointed", type, id, patient: from, to: patient });
  }
}

/**
 * What the history says of resources that now belong to patients this PC does not serve: no search about our patients
 * shows such a change. They leave whom they were held under, if the gate lets them.
 */
export function gatherMoved(
  gathered: Gathered,
  type: string,
  moved: Moved,
  setting: Setting,
): void {
  for (const resource of moved.resources) {
    const patient = patientOf(resource, setting.base);
    const { id } = resource;
    // Whoever came into scope meanwhile gets it by back-fill or pull, and it leaves the first then.
    if (patient === null || typeof id !== "string" || setting.inScope.has(patient)) continue;
    const others = otherHolders(gathered, patient, type, id, setting);
    if (others.size === 0) continue;
    const read = readable(resource);
    // CLINICAL: what cannot be read has not been accepted, and takes nothing away.
    if (!read.ok || isOlder(read.resource, others)) continue;
    if (isGuarded(type)) {
      const previous = factOf(gathered, { patient: holderOf(others, patient), type, id }, setting);
      const incoming = { patient, resource: read.resource };
      if (gateVersion(gathered, incoming, previous, setting)?.patient !== patient) continue;
    }
    leaveOthers(gathered, patient, type, id, setting);
  }
}

/** Whose fact it was until now; `patient` when nobody else here has it. */
export function holderOf(
  others: ReadonlyMap<string, FhirResource | null>,
  patient: string,
): string {
  return [...others].find(([, held]) => held !== null)?.[0] ?? patient;
}

function isOlder(
  incoming: FhirResource,
  others: ReadonlyMap<string, FhirResource | null>,
): boolean {
  const at = Date.parse(incoming.meta?.lastUpdated ?? "");
  return [...others.values()].some((held) => at <= Date.parse(held?.meta?.lastUpdated ?? ""));
}
