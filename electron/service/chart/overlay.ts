import { groupVitals, millis, readVital } from "../../../shared/clinical/index.ts";
import type { GroupedSet, VitalReading } from "../../../shared/clinical/index.ts";
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

/** The vital signs of an act as one set. */
export function setOf(act: Act): GroupedSet | null {
  return groupVitals(act.entries.flatMap(({ resource }) => readVital(resource) ?? []))[0] ?? null;
}

/** Ids the HIS gave our resources, by our UUID, where it answered with them. */
function storedIds(row: ActRow): Set<string> {
  const found = new Set<string>();
  if (row.stored === null) return found;
  try {
    const stored: unknown = JSON.parse(row.stored);
    for (const one of Object.values(Object(stored) as Record<string, unknown>)) {
      if (typeof one === "object" && one !== null && "id" in one && typeof one.id === "string")
        found.add(one.id);
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
  for (const row of rows) {
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
