import { field, text } from "../../../shared/clinical/index.ts";
import type { BoardRow } from "../../../shared/contract/index.ts";
import type { ChartReader } from "../store/index.ts";

/** What decides whether a patient is within a clinician's remit. */
export interface RemitFacts {
  /** The ward he lies on; null when this PC knows of none. */
  readonly ward: string | null;
  /** Ids of the Practitioners that his open stay names (`Encounter.participant`). */
  readonly team: readonly string[];
}

export function remitFacts(chart: ChartReader, patient: string): RemitFacts {
  const placement = chart.placement(patient);
  const stays = chart.resources(patient, "Encounter").resources;
  const open = stays.filter(
    (stay) => stay.id === placement?.encounter || text(field(stay, "status")) === "in-progress",
  );
  return { ward: placement?.ward ?? null, team: [...new Set(open.flatMap(participants))] };
}

function participants(stay: unknown): string[] {
  const all = field(stay, "participant");
  if (!Array.isArray(all)) return [];
  return all.flatMap((one) => {
    const reference = text(field(field(one, "individual"), "reference")) ?? "";
    const [, id] =
      /(?:^|\/)Practitioner\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/u.exec(reference) ?? [];
    return id === undefined ? [] : [id];
  });
}

/**
 * SECURITY: P2. Bed and identity of a patient outside her remit, enough to find him and nothing of his record. What is
 * left out must not read as "none": the page shows `outside` instead of these columns.
 */
export function identityOnly(row: BoardRow): BoardRow {
  return {
    ...row,
    news2: null,
    allergies: "not-loaded",
    unreadable: 0,
    due: 0,
    overdue: 0,
    unsent: 0,
    holds: 0,
    outside: true,
  };
}
