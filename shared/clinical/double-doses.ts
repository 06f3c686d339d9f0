import { ADMINISTRATION_DUE } from "../fhir/codes.ts";
import { doseSchedule } from "./due.ts";
import type { DoseSchedule } from "./due.ts";
import { field, idOf, objects, referenceId, referenceText, text, typeOf } from "./read.ts";
import { instant, millis } from "./time.ts";

const DAY_MS = 86_400_000;

/** One dose as it was recorded. */
export interface GivenDose {
  readonly id: string;
  readonly at: string;
  /** Who gave it, as the record names them; null when it does not. */
  readonly by: string | null;
  /** The due time it answers, where it says so. */
  readonly due: string | null;
}

/** Doses of one order that answer one due time: somebody may have been given a medicine twice. */
export interface DoubleDose {
  /** Logical id of the MedicationRequest. */
  readonly order: string;
  readonly due: string | null;
  /** Two or more, earliest first. */
  readonly doses: readonly GivenDose[];
}

/** CLINICAL: FHIR R4 MedicationAdministration.status: something went into the patient. */
const GIVEN = new Set(["completed", "in-progress", "stopped"]);

/**
 * Doses given for the same order and the same due time. CLINICAL: where both say which due time they answer, that decides.
 * Else two doses less than half the order's interval apart answer the same one: each of them lies nearer to the other than
 * to the next due time. An order taken as needed, or without a known interval, is not judged by times alone.
 */
export function doubleDoses(
  administrations: readonly unknown[],
  orders: readonly unknown[],
  nameOf: (reference: unknown) => string | null = referenceText,
): DoubleDose[] {
  const byOrder = Map.groupBy(
    administrations.flatMap((one) => readDose(one, nameOf) ?? []),
    (one) => one.order,
  );
  return [...byOrder].flatMap(([order, doses]) => {
    const apart = halfInterval(orders.find((one) => idOf(one) === order));
    return clusters(
      doses.map(({ dose }) => dose).toSorted((a, b) => at(a) - at(b)),
      (a, b) => answersSame(a, b, apart),
    ).map((same) => ({
      order,
      due: same.find((one) => one.due !== null)?.due ?? null,
      doses: same,
    }));
  });
}

function answersSame(a: GivenDose, b: GivenDose, apart: number | null): boolean {
  if (a.due !== null && b.due !== null) return millis(a.due) === millis(b.due);
  return apart !== null && Math.abs(at(a) - at(b)) < apart;
}

/** Groups of two or more; what is like any one of a group is of the group. */
function clusters(
  doses: readonly GivenDose[],
  same: (a: GivenDose, b: GivenDose) => boolean,
): GivenDose[][] {
  const groups: GivenDose[][] = [];
  for (const dose of doses) {
    const group = groups.find((one) => one.some((other) => same(other, dose)));
    if (group === undefined) groups.push([dose]);
    else group.push(dose);
  }
  return groups.filter((group) => group.length > 1);
}

function readDose(
  administration: unknown,
  nameOf: (reference: unknown) => string | null,
): { readonly order: string; readonly dose: GivenDose } | null {
  if (typeOf(administration) !== "MedicationAdministration") return null;
  if (!GIVEN.has(text(field(administration, "status")) ?? "")) return null;
  const order = referenceId(field(administration, "request"));
  const id = idOf(administration);
  const given =
    instant(field(administration, "effectiveDateTime")) ??
    instant(field(field(administration, "effectivePeriod"), "start"));
  if (order === null || id === null || given === null) return null;
  const actor = objects(field(administration, "performer"))[0];
  return {
    order,
    dose: { id, at: given, by: nameOf(field(actor, "actor")), due: dueTime(administration) },
  };
}

/** The due time a MedicationAdministration says it answers ({@link ADMINISTRATION_DUE}). */
export function dueTime(administration: unknown): string | null {
  const stated = objects(field(administration, "extension")).find(
    (one) => text(field(one, "url")) === ADMINISTRATION_DUE,
  );
  return instant(field(stated, "valueDateTime"));
}

/** Half the shortest time between two doses of an order; null where its timing tells none. */
function halfInterval(order: unknown): number | null {
  const gaps = objects(field(order, "dosageInstruction")).flatMap((dosage) => {
    const schedule = doseSchedule(dosage, field(order, "authoredOn"));
    return schedule === null ? [] : (shortestGap(schedule) ?? []);
  });
  return gaps.length === 0 ? null : Math.min(...gaps) / 2;
}

function shortestGap({ interval, times, events }: DoseSchedule): number | null {
  if (interval !== null) return interval;
  const moments = times.length > 0 ? times.map((minute) => minute * 60_000) : events;
  const [first] = moments;
  if (first === undefined) return null;
  // The first of the next day follows the last of this one.
  const round = times.length > 0 ? [...moments, first + DAY_MS] : moments;
  const gaps = round.slice(1).map((moment, index) => moment - (round[index] ?? moment));
  return gaps.length === 0 ? null : Math.min(...gaps);
}

function at({ at: moment }: GivenDose): number {
  return millis(moment) ?? 0;
}
