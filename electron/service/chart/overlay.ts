import { groupVitals, millis, readVital } from "../../../shared/clinical/index.ts";
import type { GroupedSet, VitalReading } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { SignedAct } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";

/** A set charted on this PC that the pulled record does not hold (wholly) yet. */
export interface OwnSet {
  readonly set: GroupedSet;
  readonly act: { readonly uuid: string; readonly state: ActRow["state"] };
}

/** The act in a journal row; null when the row's body is not one (then only its row is shown, in the outbox). */
export function actIn(row: ActRow): Act | null {
  try {
    const parsed = SignedAct.safeParse(JSON.parse(row.body));
    return parsed.success ? parsed.data.act : null;
  } catch {
    return null;
  }
}

/** Acts of this PC laid over the record of a patient: more than a week of one patient's charting. */
export const MOST_ACTS = 1_000;

/** Acts that stand: neither over unsent, nor about to be taken back or decided otherwise. */
export function standing(rows: readonly ActRow[]): ActRow[] {
  const replaced = new Set(rows.flatMap(({ about }) => about ?? []));
  return rows.filter(
    ({ uuid, state, kind }) => state !== "settled" && kind !== "withdrawal" && !replaced.has(uuid),
  );
}

/**
 * The record's resources with this PC's unsent changes of them. A change counts while the record holds the version it was
 * made on; afterwards the record does, and what is in conflict with it waits in the outbox.
 */
export function withChanges(
  resources: readonly FhirResource[],
  rows: readonly ActRow[],
): { readonly resources: FhirResource[]; readonly changed: ReadonlyMap<string, ActRow> } {
  const changes = new Map<string, { row: ActRow; resource: FhirResource; base: string }>();
  for (const row of standing(rows)) {
    if (row.kind !== "correction" && row.kind !== "resolution") continue;
    for (const { resource, base } of actIn(row)?.entries ?? [])
      if (base !== null) changes.set(resource.id, { row, resource, base });
  }
  const changed = new Map<string, ActRow>();
  return {
    changed,
    resources: resources.map((one) => {
      const change = changes.get(one.id);
      if (change === undefined || change.base !== one.meta?.versionId) return one;
      changed.set(one.id, change.row);
      return { ...change.resource, ...(one.meta !== undefined && { meta: one.meta }) };
    }),
  };
}

/** The board's readings with this PC's unsent changes of them: its card holds no versions, so only what was not sent counts. */
export function changedReadings(
  readings: readonly VitalReading[],
  rows: readonly ActRow[],
): VitalReading[] {
  const unsent = standing(rows).filter(
    ({ kind, state, why }) =>
      (kind === "correction" || kind === "resolution") &&
      state !== "acknowledged" &&
      why !== "conflict",
  );
  if (unsent.length === 0) return [...readings];
  const changes = new Map(
    unsent
      .flatMap((row) => actIn(row)?.entries ?? [])
      .map(({ resource }) => [resource.id, readVital(resource)] as const),
  );
  return readings.flatMap((one) => {
    const change = changes.get(one.id);
    if (change === undefined) return [one];
    return change === null ? [] : [{ ...change, updated: one.updated, ours: one.ours }];
  });
}

/** The vital signs of an act as one set. */
export function setOf(act: Act): GroupedSet | null {
  return groupVitals(act.entries.flatMap(({ resource }) => readVital(resource) ?? []))[0] ?? null;
}

/** Our ids of what the HIS says it stored of an act, and the ids that it gave. */
export function storedIds({ stored }: Pick<ActRow, "stored">): Set<string> {
  const found = new Set<string>();
  if (stored === null) return found;
  try {
    const places: unknown = JSON.parse(stored);
    for (const [ours, one] of Object.entries(Object(places) as Record<string, unknown>)) {
      if (typeof one === "object" && one !== null && "id" in one && typeof one.id === "string")
        found.add(ours).add(one.id);
    }
  } catch {
    // Without the answer our own UUIDs still find them.
  }
  return found;
}

/**
 * Lays this PC's acts over readings of the pulled record. An act whose readings are all there is left to the record; one
 * that is there in part, or not at all, is shown whole from the act, and its parts are taken out of the record's sets.
 */
export function overlay(
  readings: readonly VitalReading[],
  rows: readonly ActRow[],
): { readonly readings: VitalReading[]; readonly own: OwnSet[] } {
  let rest = [...readings];
  const own: OwnSet[] = [];
  for (const row of standing(rows)) {
    const act = row.kind === "vitals" ? actIn(row) : null;
    const set = act === null ? null : setOf(act);
    if (act === null || set === null) continue;
    const ids = new Set([...act.entries.map(({ resource }) => resource.id), ...storedIds(row)]);
    const isOurs = (one: VitalReading): boolean =>
      ids.has(one.id) || (one.ours !== null && ids.has(one.ours));
    const held = new Set(rest.filter(isOurs).map((one) => one.ours ?? one.id));
    if (held.size >= set.ids.length) continue;
    rest = rest.filter((one) => !isOurs(one));
    own.push({ set, act: { uuid: row.uuid, state: row.state } });
  }
  return { readings: rest, own };
}

/** A set of the record or of an act, newest first; of two at one moment our own comes first. */
export interface ShownSet {
  readonly set: GroupedSet;
  readonly act: OwnSet["act"] | null;
}

export function mergedSets(readings: readonly VitalReading[], rows: readonly ActRow[]): ShownSet[] {
  const laid = overlay(readings, rows);
  const all: ShownSet[] = [
    ...laid.own,
    ...groupVitals(laid.readings).map((set) => ({ set, act: null })),
  ];
  return all.toSorted((a, b) => (millis(b.set.at) ?? 0) - (millis(a.set.at) ?? 0));
}
