import type { Dosage, MedicationRequest } from "@medplum/fhirtypes";
import { MEDICINES, ROUTES } from "./formulary.ts";
import type { Medicine } from "./formulary.ts";
import { encounter, made, practitioner, subject } from "./scene.ts";
import type { Made, Scene } from "./scene.ts";
import { DAY, HOUR, MINUTE, clockTimes, instant } from "./time.ts";

const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
const ROUTE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration";

/** Orders with due times around now, and what was given of them in the last day and a half; the latest doses may be open. */
export function makeMedicines(scene: Scene): Made[] {
  const { random, illnesses } = scene;
  const fitting = MEDICINES.filter(
    ({ illnesses: needs }) => needs?.some((illness) => illnesses.includes(illness)) ?? false,
  );
  const common = MEDICINES.filter(({ illnesses: needs }) => needs === undefined);
  const chosen = [...fitting, ...random.some(common, random.int(3, 5))];
  return chosen.flatMap((medicine) => makeOrder(scene, medicine));
}

function makeOrder(scene: Scene, medicine: Medicine): Made[] {
  const { random, now, admitted } = scene;
  const stopped = random.chance(0.08);
  const ordered = admitted + random.int(30, 300) * MINUTE;
  const authored = Math.min(ordered, now - 30 * MINUTE);
  const order: MedicationRequest & { id: string } = {
    resourceType: "MedicationRequest",
    id: random.uuid(),
    status: stopped ? "stopped" : random.chance(0.04) ? "on-hold" : "active",
    intent: "order",
    category: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
            code: "inpatient",
            display: "Inpatient",
          },
        ],
      },
    ],
    medicationCodeableConcept: medicineCode(medicine),
    subject: subject(scene),
    encounter: encounter(scene),
    authoredOn: instant(authored),
    requester: practitioner(random.pick(scene.doctors)),
    dosageInstruction: [dosage(scene, medicine)],
  };
  return [made(scene, order, authored), ...makeGiven(scene, medicine, order.id, authored)];
}

function medicineCode(medicine: Medicine) {
  return {
    coding: [{ system: RXNORM, code: medicine.rxnorm, display: medicine.name }],
    text: medicine.name,
  };
}

function dosage(scene: Scene, medicine: Medicine): Dosage {
  const { random, now } = scene;
  const [value, unit] = medicine.dose;
  const [code, text] = ROUTES[medicine.route];
  const common: Dosage = {
    route: { coding: [{ system: ROUTE_SYSTEM, code }], text },
    doseAndRate: [{ doseQuantity: { value, unit } }],
  };
  const dose = `${value} ${unit} ${text}`;
  if (medicine.asNeeded !== undefined) {
    const { hours, reason } = medicine.asNeeded;
    return {
      ...common,
      text: `${dose} every ${hours} hours if needed for ${reason}`,
      asNeededCodeableConcept: { text: reason },
      timing: { repeat: { frequency: 1, period: hours, periodUnit: "h" } },
    };
  }
  const count = medicine.times.length;
  const repeat = { frequency: count, period: 1, periodUnit: "d" as const };
  const name = ["", "once", "twice", "three times", "four times"][count] ?? `${count} times`;
  // Both ways of a real HIS: clock times of the day, or the very moments due.
  const timing = random.chance(0.6)
    ? { repeat: { ...repeat, timeOfDay: medicine.times.map((time) => `${time}:00`) } }
    : {
        repeat,
        event: medicine.times
          .flatMap((time) => clockTimes(time, now - 12 * HOUR, now + 36 * HOUR))
          .toSorted((a, b) => a - b)
          .map(instant),
      };
  return { ...common, text: `${dose} ${name} a day`, timing };
}

function makeGiven(scene: Scene, medicine: Medicine, order: string, authored: number): Made[] {
  const { random, now } = scene;
  const from = Math.max(authored, now - 1.5 * DAY);
  const due =
    medicine.asNeeded === undefined
      ? medicine.times.flatMap((time) => clockTimes(time, from, now))
      : random.chance(0.6)
        ? [Math.max(from, now - random.int(3, 20) * HOUR)]
        : [];
  const [value, unit] = medicine.dose;
  const all: Made[] = [];
  for (const planned of due.toSorted((a, b) => a - b)) {
    const at = planned + random.int(2, 45) * MINUTE;
    // The last doses are often not given yet, and now and then one is missed.
    if (at >= now - 10 * MINUTE || random.chance(0.04)) continue;
    const refused = random.chance(0.04);
    all.push(
      made(
        scene,
        {
          resourceType: "MedicationAdministration",
          id: random.uuid(),
          status: refused ? "not-done" : "completed",
          ...(refused && { statusReason: [{ text: "Patient declined" }] }),
          medicationCodeableConcept: medicineCode(medicine),
          subject: subject(scene),
          context: encounter(scene),
          effectiveDateTime: instant(at),
          performer: [{ actor: practitioner(random.pick(scene.nurses)) }],
          request: { reference: `MedicationRequest/${order}` },
          dosage: {
            text: `${value} ${unit}`,
            route: { text: medicine.route },
            dose: { value, unit },
          },
        },
        at,
      ),
    );
  }
  return all;
}
