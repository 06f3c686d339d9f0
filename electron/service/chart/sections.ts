import type { SectionState } from "../../../shared/contract/index.ts";
import { millis } from "../../../shared/clinical/index.ts";
import { PATIENT_TYPES } from "../../../shared/fhir/index.ts";
import type { SectionRow, UnreadableRow } from "../store/index.ts";

/**
 * How far a section made of these types can be believed: loaded only when every type is, as old as its oldest type,
 * damaged when any of it is. `lost` names types of which chunks could not be read just now.
 */
export function sectionState(
  rows: readonly SectionRow[],
  unreadable: readonly UnreadableRow[],
  types: readonly string[],
  lost: ReadonlySet<string> = new Set(),
): SectionState {
  const own = types.map((type) => rows.find((row) => row.type === type));
  const loaded = own.every((row) => row?.loaded === true);
  return {
    loaded,
    asOf: loaded ? oldest(own.map((row) => row?.asOf ?? null)) : null,
    unreadable: unreadable
      .filter((row) => types.includes(row.type))
      .map(({ id, text, reason }) => ({ id, text, reason })),
    damaged: own.some((row) => row?.damaged === true) || types.some((type) => lost.has(type)),
  };
}

/** The same for several records shown as one, each with its own rows: as good as the worst of them. */
export function sectionStates(
  records: readonly (readonly SectionRow[])[],
  unreadable: readonly UnreadableRow[],
  types: readonly string[],
  lost: ReadonlySet<string> = new Set(),
): SectionState {
  const states = records.map((rows) => sectionState(rows, unreadable, types, lost));
  const [first = sectionState([], unreadable, types, lost)] = states;
  const loaded = states.every((state) => state.loaded);
  return {
    ...first,
    loaded,
    asOf: loaded ? oldest(states.map((state) => state.asOf)) : null,
    damaged: states.some((state) => state.damaged),
  };
}

/** The oldest of some instants; null when there are none or one of them is unknown. */
export function oldest(instants: readonly (string | null)[]): string | null {
  let found: string | null = null;
  for (const one of instants) {
    const moment = millis(one);
    if (one === null || moment === null) return null;
    if (found === null || moment < (millis(found) ?? 0)) found = one;
  }
  return found;
}

/** Whether everything this client keeps of a patient has arrived. */
export function whollyLoaded(rows: readonly SectionRow[]): boolean {
  return PATIENT_TYPES.every((type) => rows.some((row) => row.type === type && row.loaded));
}
