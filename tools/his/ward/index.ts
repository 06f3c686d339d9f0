import type { Encounter, HumanName, Patient } from "@medplum/fhirtypes";
import { bilingualName } from "../people.ts";
import { makeAllergies } from "./allergies.ts";
import { hospitalLocation, wardLocations } from "./hospital.ts";
import type { Bed, Ward } from "./hospital.ts";
import { makeLabs } from "./labs.ts";
import { makeMedicines } from "./medicines.ts";
import { makeName } from "./names.ts";
import { seeded } from "./random.ts";
import type { Random } from "./random.ts";
import { practitioner } from "./scene.ts";
import type { Course, Made, Scene } from "./scene.ts";
import {
  BACKGROUND,
  REASONS,
  makeAlerts,
  makeConditions,
  makeNotes,
  makePregnancy,
} from "./story.ts";
import { DAY, HOUR, MINUTE, date, instant } from "./time.ts";
import { makeVitals } from "./vitals.ts";

export { HOSPITAL, makeWard, makeWards, wardLocations } from "./hospital.ts";
export type { Ward } from "./hospital.ts";
export type { Made } from "./scene.ts";

export const MRN_SYSTEM = "urn:demo:mrn";
const OCCUPIED = 0.9;

export interface HospitalOptions {
  readonly wards: readonly Ward[];
  readonly seed: string;
  /** ms; every time in the data is relative to it. */
  readonly now: number;
  /** Ids of Practitioners. */
  readonly nurses: readonly string[];
  readonly doctors: readonly string[];
}

/** A whole hospital, resource by resource: the same options give the same bytes. About 250 resources an occupied bed. */
export function* makeHospital(options: HospitalOptions): Generator<Made> {
  const opened = options.now - 400 * DAY;
  yield { resource: hospitalLocation(), at: opened };
  let number = 0;
  for (const ward of options.wards) {
    for (const resource of wardLocations(ward)) yield { resource, at: opened };
    for (const [index, bed] of ward.beds.entries()) {
      number += 1;
      const random = seeded(`${options.seed}:${number}`);
      // The first beds are always taken: there live the child and the mother-to-be.
      if (index >= 6 && !random.chance(OCCUPIED)) continue;
      yield* makeStay(options, random, {
        ward,
        bed,
        number,
        special: index === 3 ? "child" : index === 5 ? "pregnant" : null,
      });
    }
  }
}

interface Place {
  readonly ward: Ward;
  readonly bed: Bed;
  readonly number: number;
  readonly special: "child" | "pregnant" | null;
}

function* makeStay(options: HospitalOptions, random: Random, place: Place): Generator<Made> {
  const { now, nurses, doctors } = options;
  const { special } = place;
  const sex = special === "pregnant" ? "female" : random.pick(["male", "female"] as const);
  const age = special === "child" ? 9 : special === "pregnant" ? 29 : random.int(24, 93);
  const stay = random.chance(0.15) ? random.int(6, 60) * HOUR : random.int(80, 340) * HOUR;
  const scene: Scene = {
    random,
    now,
    nurses,
    doctors,
    sex,
    age,
    patient: random.uuid(),
    encounter: random.uuid(),
    admitted: now - stay - random.int(0, 59) * MINUTE,
    course: special === null ? makeCourse(random, place.number) : "stable",
    illnesses:
      special === null ? makeIllnesses(random) : [special === "child" ? "J45.909" : "N39.0"],
  };
  yield { resource: makePatient(scene, place.number), at: scene.admitted };
  yield { resource: makeEncounter(scene, place), at: scene.admitted };
  yield* makeAllergies(scene);
  yield* makeConditions(scene);
  if (special === "pregnant") yield* makePregnancy(scene);
  yield* makeAlerts(scene);
  yield* makeMedicines(scene);
  yield* makeVitals(scene);
  yield* makeLabs(scene);
  yield* makeNotes(scene);
}

function makeCourse(random: Random, number: number): Course {
  // In any ward somebody is getting worse: that is what the board has to show.
  if (number % 14 === 2) return "deteriorating";
  return random.pick([
    "stable",
    "stable",
    "stable",
    "stable",
    "recovering",
    "recovering",
    "septic",
    "breathless",
  ]);
}

function makeIllnesses(random: Random): string[] {
  const background = random.some(Object.keys(BACKGROUND), random.int(0, 3));
  return [random.pick(Object.keys(REASONS)), ...background];
}

function makePatient(scene: Scene, number: number): Patient & { id: string } {
  const { random, sex, age, now } = scene;
  const { given, family } = makeName(random, sex);
  const name: HumanName[] =
    given.ar === null || family.ar === null
      ? [
          {
            use: "official",
            text: `${given.en} ${family.en}`,
            family: family.en,
            given: [given.en],
          },
        ]
      : bilingualName({ en: given.en, ar: given.ar }, { en: family.en, ar: family.ar });
  return {
    resourceType: "Patient",
    id: scene.patient,
    identifier: [
      {
        use: "usual",
        type: {
          coding: [
            {
              system: "http://terminology.hl7.org/CodeSystem/v2-0203",
              code: "MR",
              display: "Medical record number",
            },
          ],
        },
        system: MRN_SYSTEM,
        value: String(700_000 + number * 7),
      },
    ],
    active: true,
    name,
    gender: sex,
    birthDate: date(now - age * 365.25 * DAY - random.int(5, 350) * DAY),
    telecom: [
      { system: "phone", value: `+966 5${random.int(10_000_000, 99_999_999)}`, use: "mobile" },
    ],
  };
}

function makeEncounter(scene: Scene, { ward, bed }: Place): Encounter & { id: string } {
  const reason = scene.illnesses[0] ?? "";
  return {
    resourceType: "Encounter",
    id: scene.encounter,
    status: "in-progress",
    class: {
      system: "http://terminology.hl7.org/CodeSystem/v3-ActCode",
      code: "IMP",
      display: "inpatient encounter",
    },
    subject: { reference: `Patient/${scene.patient}` },
    participant: [{ individual: practitioner(scene.random.pick(scene.doctors)) }],
    period: { start: instant(scene.admitted) },
    reasonCode: [{ text: REASONS[reason] ?? BACKGROUND[reason] ?? "Under investigation" }],
    location: [
      {
        location: { reference: `Location/${bed.id}`, display: `${ward.name}, bed ${bed.name}` },
        status: "active",
        period: { start: instant(scene.admitted) },
      },
    ],
  };
}
