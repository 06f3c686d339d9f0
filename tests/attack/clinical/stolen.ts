import { allergy, attack, change } from "./case.ts";
import type { ClinicalCase, Step, Told } from "./case.ts";
import { dosage, FULL, ids, order, person, resuscitation } from "./record.ts";
import type { Resource } from "./record.ts";
import {
  askTheTeam,
  beforeAndAfter,
  claimed,
  himself,
  notGiven,
  notHeld,
  unverified,
  warned,
} from "./shown.ts";
import type { Judgement } from "./shown.ts";
import { chart, DOCTOR, low, refuted, signs, stored } from "./signing.ts";
import type { Signers } from "./signers.ts";
import type { SignedChange } from "../../../tools/his/index.ts";

type What = (patient: string) => SignedChange["change"];

const signedWith =
  (whose: keyof Signers, what: What, by = DOCTOR): Step =>
  async (hospital, patient) => {
    const forge = { signer: hospital.signers[whose] };
    await chart(hospital, by, what(patient), { forge });
  };
/** One PC for all cases: nobody may find out before all of this has happened. */
const LAST = 6;
const nothing: Step = () => {};
const thenFoundOut = (...steps: Step[]): Told => ({
  steps: [
    ...steps,
    ...Array.from({ length: LAST - steps.length }, () => nothing),
    (hospital) => hospital.findOut(),
  ],
});

/** A key is stolen and used; a round later the hospital finds out, and the control key revokes it as of then. */
const theft = (make: (patient: string) => Resource, ...more: Step[]): Told =>
  thenFoundOut(
    signedWith("stolen", (patient) => stored(make(patient))),
    ...more,
  );
const deletion = thenFoundOut(
  signedWith("stolen", (patient) => ({ type: "AllergyIntolerance", id: ids(patient).allergy })),
);
const again = claimed("signer-revoked");
const newDose = (patient: string): Resource =>
  order(patient, "paracetamol", { dosageInstruction: [dosage("4 g")] });
const isLow: Judgement = ({ view }) => [
  view.banner.allergies.items[0]?.criticality !== "low" && "it is not low",
];

export const stolenKeyAttacks: readonly ClinicalCase[] = [
  attack("a stolen key lowers an allergy before anybody knows", theft(low), warned, again),
  attack("a stolen key refutes an allergy before anybody knows", theft(refuted), warned, again),
  attack("a stolen key deletes an allergy before anybody knows", deletion, warned, again),
  attack(
    "a stolen key refutes an allergy, and a doctor signs a note upon what she is shown",
    theft(
      refuted,
      signs(DOCTOR, (patient) => noted(refuted(patient))),
    ),
    warned,
    again,
  ),
  attack(
    "a stolen key lowers an allergy again and again",
    theft(
      low,
      ...[1, 2, 3, 4].map((time) => signedWith("stolen", (p) => stored(noted(low(p), time)))),
    ),
    warned,
    again,
  ),
  attack(
    "a stolen key starts an order again that had ended",
    theft((patient) => order(patient, "morphine", { status: "active" })),
    (shown) => notGiven(ids(shown.patient).morphine)(shown),
    claimed("reopened", "signer-revoked"),
  ),
  attack("a stolen key changes a dose: it is laid out as nobody's word", theft(newDose), (shown) =>
    beforeAndAfter(ids(shown.patient).paracetamol)(shown),
  ),
  attack(
    "a stolen key says that he is somebody else",
    theft((patient) => person(patient, { birthDate: "1990-01-01" })),
    himself,
    again,
  ),
  attack(
    "a stolen key says that he is for full resuscitation",
    theft((patient) => resuscitation(patient, { code: FULL })),
    askTheTeam,
  ),
  attack(
    "whoever has a doctor's badge and PIN lowers an allergy before she misses them",
    thenFoundOut(signedWith("noura", (patient) => stored(low(patient)), "doctor-noura")),
    warned,
    again,
  ),
];

export const stolenKeyChanges: readonly ClinicalCase[] = [
  change(
    "a medicine stopped with a stolen key stays stopped",
    theft((patient) => order(patient, "paracetamol", { status: "stopped" })),
    (shown) => notGiven(ids(shown.patient).paracetamol)(shown),
    notHeld,
  ),
  change(
    "an allergy added with a stolen key stays, as nobody's word",
    theft(allergy({ note: [{ text: "Collapsed in theatre." }, { text: "Again in 2026." }] })),
    warned,
    (shown) => unverified(`AllergyIntolerance/${ids(shown.patient).allergy}`)(shown),
  ),
  change(
    "what a key signed before it was stolen stays as good as it was",
    thenFoundOut(signedWith("lostLater", (patient) => stored(low(patient)))),
    isLow,
    notHeld,
  ),
];

function noted(resource: Resource, time = 0): Resource {
  return { ...resource, note: [{ text: `Seen ${time}.` }] };
}
