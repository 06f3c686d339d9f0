import type { z } from "zod";
import type { Clinician as ClinicianSchema, OutboxEntry } from "../../../shared/contract/index.ts";
import {
  atOffset,
  conceptText,
  field,
  medicineText,
  offsetOf,
  readMedicines,
} from "../../../shared/clinical/index.ts";
import { ActKind, type Act } from "../../../shared/trust/index.ts";
import { conflictOf } from "./conflict-view.ts";
import { actIn, setOf } from "./overlay.ts";
import { placeName, readPlaces } from "./places.ts";
import type { Sources } from "./sources.ts";
import { whoAndWhere } from "./ward-board.ts";

type Clinician = z.infer<typeof ClinicianSchema>;

/** Entries of one answer: after a week's outage there are thousands, and a screen shows some. */
export const OUTBOX_PAGE = 100;

/**
 * Acts that are not over, oldest first, from after `page.after`; or those that are over unsent, latest first. In plain
 * values. `people` are the clinicians this PC knows.
 */
export function outboxEntries(
  sources: Sources,
  people: readonly Clinician[],
  page: { readonly after: number } | "settled" = { after: 0 },
): OutboxEntry[] {
  const rows =
    page === "settled"
      ? sources.acts.settledActs(OUTBOX_PAGE)
      : sources.acts.unsentActs(page.after, OUTBOX_PAGE);
  if (rows.length === 0) return [];
  const places = readPlaces(sources.chart);
  const who = new Map<string, ReturnType<typeof whoAndWhere>>();
  return rows.map((row) => {
    const known = who.get(row.patient) ?? whoAndWhere(sources.chart, row.patient);
    who.set(row.patient, known);
    const { name, location } = known;
    const shown = (moment: number): string =>
      atOffset(moment, offsetOf(sources.now)) ?? sources.now;
    const act = actIn(row);
    const about = row.about === null ? null : sources.acts.act(row.about);
    const { values, frequency } = plainValues(about === null ? act : actIn(about));
    return {
      uuid: row.uuid,
      number: row.seq,
      kind: ActKind.safeParse(row.kind).data ?? "vitals",
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
      why: row.why,
      said: act?.about?.reason ?? null,
      settledAt:
        row.state === "settled" && row.acknowledgedAt !== null ? shown(row.acknowledgedAt) : null,
      conflict: act === null ? null : conflictOf(row, act),
      values,
      frequency,
      wrong: act === null ? [] : wrongIn(act),
    };
  });
}

function unknownPerson(id: string): Clinician {
  return { id, name: { en: id, ar: id }, roles: [] };
}

/** How often: of an order alone. */
type Said = Required<Pick<OutboxEntry, "values" | "frequency">>;

/** The values of the set by their names in `VitalValues`, as text; empty when the act cannot be read. */
function plainValues(act: Act | null): Said {
  if (act?.kind === "administration") return { values: administrationValues(act), frequency: [] };
  if (act?.kind === "order") return orderValues(act);
  const set = act === null ? null : setOf(act);
  return { values: set === null ? {} : textsOf(set.values), frequency: [] };
}

function textsOf(values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
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

/** What was ordered, of what and how often. */
function orderValues(act: Act): Said {
  const orders = act.entries.map(({ resource }) => resource);
  const [read] = readMedicines(orders, [], { now: act.at, answersKnown: false });
  if (read === undefined) return { values: {}, frequency: [] };
  const { medicine, dose, route, frequency } = read;
  return { values: textsOf({ medicine, dose, route }), frequency };
}

/** Names of the values a correction marks as entered in error. */
function wrongIn(act: Act): string[] {
  if (act.kind !== "correction") return [];
  return act.entries
    .filter(({ resource }) => resource["status"] === "entered-in-error")
    .flatMap(({ resource }) => {
      const set = setOf({
        ...act,
        entries: [{ resource: { ...resource, status: "final" }, base: null }],
      });
      return Object.entries(set?.values ?? {}).flatMap(([name, value]) =>
        value === null ? [] : [name],
      );
    });
}
