import type { z } from "zod";
import type { Clinician as ClinicianSchema, OutboxEntry } from "../../../shared/contract/index.ts";
import {
  atOffset,
  conceptText,
  field,
  medicineText,
  offsetOf,
} from "../../../shared/clinical/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActRow } from "../store/index.ts";
import { ActKind } from "../../../shared/trust/index.ts";
import { actIn, setOf } from "./overlay.ts";
import { placeName, readPlaces } from "./places.ts";
import type { Sources } from "./sources.ts";
import { whoAndWhere } from "./ward-board.ts";

type Clinician = z.infer<typeof ClinicianSchema>;

/** Every act that has not reached the HIS, oldest first, in plain values. `people` are the clinicians this PC knows. */
export function outboxEntries(sources: Sources, people: readonly Clinician[]): OutboxEntry[] {
  const rows = sources.acts.acts({ acknowledged: false });
  if (rows.length === 0) return [];
  const places = readPlaces(sources.chart);
  return rows.map((row) => {
    const { name, location } = whoAndWhere(sources.chart, row.patient);
    const shown = (moment: number): string =>
      atOffset(moment, offsetOf(sources.now)) ?? sources.now;
    return {
      uuid: row.uuid,
      kind: ActKind.catch("vitals").parse(row.kind),
      patient: row.patient,
      patientName: name,
      bed: location === null ? null : placeName(places, location),
      author: people.find((one) => one.id === row.author) ?? unknownPerson(row.author),
      at: row.at,
      queuedAt: shown(row.queuedAt),
      state: row.state,
      attempts: row.attempts,
      nextAttempt: row.nextAttempt === null ? null : shown(row.nextAttempt),
      reason: row.reason,
      values: plainValues(row),
    };
  });
}

function unknownPerson(id: string): Clinician {
  return { id, name: { en: id, ar: id }, roles: [] };
}

/** The values of the set by their names in `VitalValues`, as text; empty when the act cannot be read. */
function plainValues(row: ActRow): Record<string, string> {
  const act = actIn(row);
  if (act?.kind === "administration") return administrationValues(act);
  const set = act === null ? null : setOf(act);
  if (set === null) return {};
  return Object.fromEntries(
    Object.entries(set.values).flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value)]],
    ),
  );
}

/** The medicine as ordered, and why it was not given. */
function administrationValues(act: Act): Record<string, string> {
  const [entry] = act.entries;
  if (entry === undefined) return {};
  const { resource } = entry;
  const reason = conceptText(field(resource, "statusReason"));
  return {
    medicine: medicineText(resource),
    ...(field(resource, "status") === "not-done" && { notGiven: reason ?? "–" }),
  };
}
