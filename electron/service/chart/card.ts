import { z } from "zod";
import { PatientName, Sex, VitalValues } from "../../../shared/contract/index.ts";
import {
  doubleDoses,
  effectiveInstant,
  groupVitals,
  hospitalNumber,
  isDeceased,
  isPregnancyObservation,
  millis,
  orderTiming,
  patientName,
  pregnancyStatements,
  readAllergies,
  readAnswers,
  readVital,
  sexOf,
  spo2ScaleStatement,
  text,
  field,
} from "../../../shared/clinical/index.ts";
import type { VitalReading } from "../../../shared/clinical/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import type { CardMaker } from "../store/index.ts";
import { countHolds, GUARD_MARK } from "./holds.ts";
import { mergeLinks } from "./merged.ts";

/** Raised whenever the card's form or the rules it is made by change: an older card is then made again. */
export const CARD_VERSION = 2;
/** Sets kept for the board: the latest, the one before for the trend, and some in case these are incomplete. */
export const CARD_SETS = 4;
/** Administrations kept for each order that counts no doses. */
const CARD_ANSWERS = 4;

const Schedule = z.object({
  events: z.array(z.number()),
  times: z.array(z.number()),
  days: z.array(z.number()).nullable(),
  interval: z.number().nullable(),
  start: z.number().nullable(),
  ordered: z.number().nullable(),
  end: z.number().nullable(),
  count: z.number().nullable(),
});
const Reading = z.object({
  id: z.string(),
  ours: z.string().nullable(),
  at: z.string(),
  encounter: z.string().nullable(),
  performer: z.string().nullable(),
  performerText: z.string().nullable(),
  updated: z.number().nullable(),
  values: VitalValues.partial().readonly(),
});
const Pregnancy = z.object({ pregnant: z.boolean(), at: z.string().nullable() });
const Scale = z.object({ scale: z.union([z.literal(1), z.literal(2)]), at: z.string().nullable() });

/** What the ward board needs of one patient. It holds no `now`: everything that ages is worked out when it is read. */
export const Card = z.object({
  v: z.literal(CARD_VERSION),
  patient: z
    .object({
      name: PatientName.nullable(),
      birthDate: z.string().nullable(),
      sex: Sex,
      identifier: z.string().nullable(),
      deceased: z.boolean(),
    })
    .nullable(),
  /** Records that were merged into this one; a card from before that was kept has none. */
  replaces: z.array(z.string()).default([]),
  allergies: z.object({ harmful: z.int(), high: z.boolean(), noneKnown: z.boolean() }),
  orders: z.array(z.object({ id: z.string(), schedules: z.array(Schedule) })),
  /** For each dose that was given twice, when the last of the two was. */
  doubled: z.array(z.string()),
  answers: z.array(z.object({ order: z.string(), at: z.string(), given: z.boolean() })),
  readings: z.array(Reading).readonly(),
  /** There are older sets than those kept. */
  older: z.boolean(),
  pregnantByCondition: z.array(Pregnancy),
  pregnantByObservation: z.array(Pregnancy),
  scaleByFlag: Scale.nullable(),
  scaleByObservation: Scale.nullable(),
  /** Changes of safety-critical facts that wait for a clinician. */
  holds: z.int(),
  /** Observations that state pregnancy or a scale: when one of them changes, all are read again. */
  marks: z.array(z.string()),
});
export type Card = z.infer<typeof Card>;

/** A stored card, or null when there is none, it is of another version, or it is not a card. */
export function parseCard(stored: unknown): Card | null {
  const parsed = Card.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** Two halves of a merged record as one card: the first one's identity, and what either holds. */
export function joinCards(card: Card, other: Card): Card {
  return {
    ...card,
    allergies: {
      harmful: card.allergies.harmful + other.allergies.harmful,
      high: card.allergies.high || other.allergies.high,
      noneKnown: card.allergies.noneKnown || other.allergies.noneKnown,
    },
    orders: [...card.orders, ...other.orders],
    answers: [...card.answers, ...other.answers],
    readings: [...card.readings, ...other.readings].toSorted(
      (a, b) => (millis(b.at) ?? 0) - (millis(a.at) ?? 0),
    ),
    older: card.older || other.older,
    pregnantByCondition: [...card.pregnantByCondition, ...other.pregnantByCondition],
    pregnantByObservation: [...card.pregnantByObservation, ...other.pregnantByObservation],
  };
}

type Read = (type: string) => readonly FhirResource[];
type Changes = Parameters<CardMaker>[1];

/**
 * Makes a patient's card. Types that did not change keep their part of the previous card; Observations, by far the most,
 * are added to it one by one unless one that the card stands on was changed or removed.
 */
export const makeCard: CardMaker = (previous, changes, read): Card => {
  const before = parseCard(previous);
  const touched = new Set([
    ...changes.upserts.map((one) => one.resourceType),
    ...changes.removed.map((one) => one.type),
  ]);
  const same = (...types: string[]): boolean => !types.some((type) => touched.has(type));
  return {
    v: CARD_VERSION,
    ...(before !== null && same("Patient") ? pick(before, "patient", "replaces") : identity(read)),
    ...(before !== null && same("AllergyIntolerance")
      ? pick(before, "allergies")
      : allergyMark(read)),
    ...(before !== null && same("MedicationRequest", "MedicationAdministration")
      ? pick(before, "orders", "answers", "doubled")
      : medicines(read)),
    ...(before !== null && same("Condition")
      ? pick(before, "pregnantByCondition")
      : { pregnantByCondition: pregnancyStatements(read("Condition")) }),
    ...(before !== null && same(GUARD_MARK)
      ? pick(before, "holds")
      : { holds: countHolds(read(GUARD_MARK)) }),
    ...(before !== null && same("Flag")
      ? pick(before, "scaleByFlag")
      : { scaleByFlag: spo2ScaleStatement(read("Flag")) }),
    ...(before !== null && addsOnly(before, changes)
      ? {
          ...pick(before, "pregnantByObservation", "scaleByObservation", "marks"),
          ...addReadings(before, changes),
        }
      : observations(read("Observation"))),
  };
};

function pick<K extends keyof Card>(card: Card, ...keys: K[]): Pick<Card, K> {
  return Object.fromEntries(keys.map((key) => [key, card[key]])) as Pick<Card, K>;
}

function identity(read: Read): Pick<Card, "patient" | "replaces"> {
  const patient = read("Patient")[0];
  if (patient === undefined) return { patient: null, replaces: [] };
  return {
    replaces: [...mergeLinks(patient).from],
    patient: {
      name: patientName(patient),
      birthDate: text(field(patient, "birthDate")),
      sex: sexOf(patient),
      identifier: hospitalNumber(patient),
      deceased: isDeceased(patient),
    },
  };
}

function allergyMark(read: Read): Pick<Card, "allergies"> {
  const inForce = readAllergies(read("AllergyIntolerance")).filter((one) => one.inForce);
  const harmful = inForce.filter((one) => one.kind === "allergy");
  return {
    allergies: {
      harmful: harmful.length,
      high: harmful.some((one) => one.allergy.criticality === "high"),
      noneKnown: inForce.some((one) => one.kind === "none-known"),
    },
  };
}

function medicines(read: Read): Pick<Card, "orders" | "answers" | "doubled"> {
  const orders = read("MedicationRequest")
    .flatMap((one) => orderTiming(one) ?? [])
    .map(({ id, schedules }) => ({
      id,
      schedules: schedules.map((one) => ({
        ...one,
        events: [...one.events],
        times: [...one.times],
        days: one.days === null ? null : [...one.days],
      })),
    }));
  const administrations = read("MedicationAdministration");
  const doubled = doubleDoses(administrations, read("MedicationRequest")).flatMap(
    ({ doses }) => doses.at(-1)?.at ?? [],
  );
  if (orders.length === 0) return { orders, answers: [], doubled };
  const byOrder = Map.groupBy(readAnswers(administrations), (one) => one.order);
  const answers = orders.flatMap(({ id, schedules }) => {
    const all = byOrder.get(id) ?? [];
    return schedules.some((one) => one.count !== null) ? all : lastAnswers(all);
  });
  return { orders, answers, doubled };
}

/** The last few answers, and the last dose really given, however long ago: an interval starts from it. */
function lastAnswers<T extends { readonly given: boolean }>(all: readonly T[]): T[] {
  const recent = all.slice(-CARD_ANSWERS);
  const given = all.findLast((one) => one.given);
  return given === undefined || recent.includes(given) ? recent : [given, ...recent];
}

function marksScaleOrPregnancy(one: FhirResource): boolean {
  return (
    isPregnancyObservation(one) ||
    (one.resourceType === "Observation" && spo2ScaleStatement([one]) !== null)
  );
}

/** Whether the batch only adds Observations to those the card stands on. */
function addsOnly(before: Card, changes: Changes): boolean {
  if (changes.removed.some((one) => one.type === "Observation")) return false;
  const known = new Set([...before.marks, ...before.readings.map((one) => one.id)]);
  return changes.upserts
    .filter((one) => one.resourceType === "Observation")
    .every((one) => !known.has(one.id) && !marksScaleOrPregnancy(one));
}

function addReadings(before: Card, changes: Changes): Pick<Card, "readings" | "older"> {
  const added = newestReadings(changes.upserts);
  return added.length === 0
    ? pick(before, "readings", "older")
    : latestReadings([...before.readings, ...added], before.older);
}

function observations(
  all: readonly FhirResource[],
): Pick<Card, "readings" | "older" | "pregnantByObservation" | "scaleByObservation" | "marks"> {
  // Both statements are read from these alone: most Observations are looked at once.
  const marked = all.filter(marksScaleOrPregnancy);
  return {
    ...latestReadings(newestReadings(all), false),
    pregnantByObservation: pregnancyStatements(marked),
    scaleByObservation: spo2ScaleStatement(marked),
    marks: marked.map((one) => one.id),
  };
}

/**
 * The readings of the newest sets, and of one set more so that "older" is known. Most Observations of a stay are older than
 * what a board shows: they are not read.
 */
function newestReadings(all: readonly FhirResource[]): VitalReading[] {
  const minutes = minuteReader();
  const timed = all.flatMap((one) => {
    const minute = minutes(one);
    return minute === null ? [] : [{ one, minute }];
  });
  const readings: VitalReading[] = [];
  const sets = new Set<string>();
  let last: number | null = null;
  for (const { one, minute } of timed.toSorted((a, b) => b.minute - a.minute)) {
    if (sets.size > CARD_SETS && minute !== last) break;
    const reading = readVital(one);
    if (reading === null) continue;
    readings.push(reading);
    sets.add(`${minute} ${reading.encounter ?? ""}`);
    last = minute;
  }
  return readings;
}

/** The minute an Observation is of. Those of a set, and laboratory values, share their instant: it is read once. */
function minuteReader(): (one: FhirResource) => number | null {
  const known = new Map<unknown, number>();
  return (one) => {
    const written = field(one, "effectiveDateTime");
    const again = known.get(written);
    if (again !== undefined) return again;
    const moment = millis(effectiveInstant(one));
    if (moment === null) return null;
    const minute = Math.floor(moment / 60_000);
    // Only where it is what was read: where it is no instant, another element was.
    if (millis(written) !== null) known.set(written, minute);
    return minute;
  };
}

function latestReadings(
  readings: readonly VitalReading[],
  older: boolean,
): Pick<Card, "readings" | "older"> {
  const sets = groupVitals(readings);
  const kept = new Set(sets.slice(0, CARD_SETS).flatMap((set) => set.ids));
  return {
    readings: readings.filter((one) => kept.has(one.id)),
    older: older || sets.length > CARD_SETS,
  };
}
