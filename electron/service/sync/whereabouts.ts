import { WARD_PATIENT } from "../store/index.ts";
import type { ChartReader } from "../store/index.ts";
import { WARD_TYPES } from "./types.ts";

/** Patients read before other calls of the thread are let through. */
const AT_A_TIME = 20;

/** Under which patients the chart keeps a resource: a tombstone names only its type and id. */
export interface Whereabouts {
  /** Reads the chart for a type, once; needed before {@link Whereabouts.of}. */
  know(type: string, pause: () => Promise<void>): Promise<void>;
  of(type: string, id: string): readonly string[];
  /** The chart has come to hold it. */
  add(patient: string, type: string, id: string): void;
}

/** Remembered from the first tombstone of a type on; a PC of 1,000 beds holds some 150,000 Observations. */
export function createWhereabouts(chart: ChartReader): Whereabouts {
  const types = new Map<string, Map<string, readonly string[]>>();

  function add(found: Map<string, readonly string[]>, id: string, only: readonly string[]): void {
    const known = found.get(id);
    // A resource that moved may lie under both; one list is shared by all a patient has.
    if (known === undefined) found.set(id, only);
    else if (only.some((patient) => !known.includes(patient))) found.set(id, [...known, ...only]);
  }

  return {
    async know(type, pause) {
      if (types.has(type)) return;
      const found = new Map<string, readonly string[]>();
      const isWard = (WARD_TYPES as readonly string[]).includes(type);
      for (const [index, patient] of (isWard ? [WARD_PATIENT] : chart.patients()).entries()) {
        const only = [patient];
        for (const { id } of chart.resources(patient, type).resources) add(found, id, only);
        for (const row of chart.unreadable(patient))
          if (row.type === type) add(found, row.id, only);
        if (index % AT_A_TIME === AT_A_TIME - 1) await pause();
      }
      types.set(type, found);
    },
    of: (type, id) => types.get(type)?.get(id) ?? [],
    add(patient, type, id) {
      const found = types.get(type);
      if (found !== undefined) add(found, id, [patient]);
    },
  };
}
