import type { Shown } from "./shown.ts";
import { allergyMoves } from "./allergy-moves.ts";
import { allergyTricks } from "./allergy-tricks.ts";
import { allergyWays } from "./allergy-ways.ts";
import { identityAttacks } from "./identity-attacks.ts";
import { legitimateChanges } from "./legitimate.ts";
import { orderAttacks } from "./order-attacks.ts";
import { orderedAttacks } from "./ordered-attacks.ts";
import { orderedChanges } from "./ordered-changes.ts";
import { signedAttacks } from "./signed-attacks.ts";
import { signedChanges } from "./signed-changes.ts";
import { stolenKeyAttacks, stolenKeyChanges } from "./stolen.ts";
import { wireAttacks } from "./wire-attacks.ts";
import { ELSEWHERE, NEIGHBOUR } from "./case.ts";
import type { ClinicalCase } from "./case.ts";
import { openHospital } from "./hospital.ts";
import { ids, ordinary, person, stay } from "./record.ts";

export const clinicalCases: readonly ClinicalCase[] = [
  ...allergyWays,
  ...allergyTricks,
  ...allergyMoves,
  ...orderAttacks,
  ...orderedAttacks,
  ...identityAttacks,
  ...wireAttacks,
  ...signedAttacks,
  ...stolenKeyAttacks,
  ...legitimateChanges,
  ...signedChanges,
  ...stolenKeyChanges,
  ...orderedChanges,
];

export interface Played {
  /** What is wrong with what the clinician is shown of this case's patient. */
  wrong(one: ClinicalCase): string[];
  dispose(): Promise<void>;
}

/** Rounds of the sync between two steps, on the HIS's clock and the PC's. */
const MINUTES = 2;
/** The HIS's histories are proved once a day by a listing of everything. */
const DAY = 25 * 60;

/**
 * Plays every case against one demo HIS and one workstation, each on a patient of its own: the first sync, then step by step with a round of everything after each, then a day later, when the daily listing has been compared.
 */
export async function play(cases: readonly ClinicalCase[]): Promise<Played> {
  const patientOf = new Map(cases.map((one, index) => [one, `p${index}`]));
  const beforeOf = new Map(cases.map((one) => [patientOf.get(one) ?? "", one.before]));
  const beds = [...beforeOf.keys(), NEIGHBOUR];
  const hospital = await openHospital(beds, (patient, bed) => {
    const own = beforeOf.get(patient);
    if (own === undefined) return [person(patient), stay(patient, bed)];
    const changed = own(patient);
    const replaced = new Set(changed.map(({ id }) => id));
    const rest = ordinary(patient).filter(({ id }) => !replaced.has(id));
    return [...rest, ...changed, stay(patient, bed)];
  });
  await hospital.account.put(person(ELSEWHERE));
  await hospital.round(MINUTES);
  await hospital.round(MINUTES);
  const most = Math.max(...cases.map(({ steps }) => steps.length));
  for (let step = 0; step < most; step += 1) {
    for (const one of cases) await one.steps[step]?.(hospital, patientOf.get(one) ?? "");
    await hospital.round(MINUTES);
  }
  await hospital.round(DAY);
  await hospital.round(MINUTES);

  const calls = hospital.look();
  const now = hospital.now();
  const rows = new Map(calls.wardBoard({ now }).rows.map((row) => [row.patient, row]));
  const shownOf = (patient: string): Shown => {
    const view = calls.patientView({ patient, now });
    const row = rows.get(patient);
    if (view === null || row === undefined) throw new Error(`${patient} is not on the ward`);
    const own = new Set<string>([patient, ...Object.values(ids(patient))]);
    return {
      patient,
      view,
      row,
      giving: (order, whose = patient) => calls.giving({ patient: whose, order, now }),
      alarms: hospital.pc.alarms.flatMap((alarm) =>
        ("id" in alarm && own.has(alarm.id)) ||
        ("patient" in alarm && own.has(alarm.patient ?? "")) ||
        ("asked" in alarm && own.has(alarm.asked))
          ? [alarm.kind]
          : [],
      ),
    };
  };
  return {
    wrong: (one) => one.wrong(shownOf(patientOf.get(one) ?? "")),
    dispose: () => hospital.dispose(),
  };
}
