import { WARD_PATIENT } from "../store/index.ts";
import type { ChartReader } from "../store/index.ts";
import { createCompactIndex } from "./compact-index.ts";

/** Patients read before other calls of the thread are let through. */
const AT_A_TIME = 20;

/**
 * Under which patients the chart may keep a resource: a tombstone names only its type and id, and a version that names
 * another patient than before must leave the first. Who asks looks in the chart before he takes anything away.
 */
export interface Whereabouts {
  /**
   * Reads the chart's packed indexes, once, however many ask for it at a time; needed before {@link Whereabouts.of}. When `pause`
   * throws it is given up, and begun anew by who asks next.
   */
  know(pause: () => Promise<void>): Promise<void>;
  of(type: string, id: string): readonly string[];
  /** The chart has come, or is about to come, to hold it. */
  add(patient: string, type: string, id: string): void;
}

/** Remembered from the first page on; nothing is ever struck out, so that a batch that failed leaves no hole. */
export function createWhereabouts(chart: ChartReader): Whereabouts {
  const index = createCompactIndex();
  const numbers = new Map<string, number>();
  const names: string[] = [];
  let knowing: Promise<void> | null = null;

  function add(patient: string, type: string, id: string): void {
    let number = numbers.get(patient);
    if (number === undefined) {
      number = names.length;
      numbers.set(patient, number);
      names.push(patient);
    }
    index.add(`${type}/${id}`, number);
  }

  async function read(pause: () => Promise<void>): Promise<void> {
    for (const [at, patient] of [WARD_PATIENT, ...chart.patients()].entries()) {
      for (const { type, id } of chart.heldIds(patient)) add(patient, type, id);
      for (const { type, id } of chart.unreadable(patient)) add(patient, type, id);
      if (at % AT_A_TIME === AT_A_TIME - 1) await pause();
    }
  }

  return {
    async know(pause) {
      knowing ??= read(pause).catch((error: unknown) => {
        knowing = null;
        throw error;
      });
      await knowing;
    },
    of: (type, id) => index.of(`${type}/${id}`).flatMap((number) => names[number] ?? []),
    add,
  };
}
