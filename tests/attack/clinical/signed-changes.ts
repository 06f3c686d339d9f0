import { allergy, change, itsAllergy, NEIGHBOUR } from "./case.ts";
import type { ClinicalCase, Told } from "./case.ts";
import {
  allergyTo,
  clinical,
  DNACPR,
  dosage,
  DUST,
  FULL,
  ids,
  isolation,
  numbered,
  order,
  person,
  resuscitation,
  to,
} from "./record.ts";
import type { Resource } from "./record.ts";
import { canBeGiven, notHeld, warned } from "./shown.ts";
import type { Judgement } from "./shown.ts";
import { chart, CLERK, deletes, DOCTOR, low, NURSE, refuted, signs, stored } from "./signing.ts";

const without: Judgement = ({ view, patient }) => [
  view.banner.allergies.items.some(({ id }) => id === itsAllergy(patient)) &&
    "the allergy is in the banner still",
];
const nowLow: Judgement = ({ view }) => [
  view.banner.allergies.items[0]?.criticality !== "low" && "it is not low",
];
const verified =
  (type: string, of: (patient: string) => string): Judgement =>
  ({ view, patient }) => [
    view.standings[`${type}/${of(patient)}`] !== "verified" && "it is not called verified",
  ];

/** What a good HIS lets its users sign. Each must take effect at once, and nothing may be held. */
export const signedChanges: readonly ClinicalCase[] = [
  change("a doctor refutes an allergy and signs", signs(DOCTOR, refuted), without, notHeld),
  change("a doctor deletes an allergy and signs", deletes(DOCTOR), without, notHeld),
  change("a doctor lowers an allergy and signs", signs(DOCTOR, low), nowLow, notHeld),
  change(
    "a pharmacist lowers an allergy and signs",
    signs("pharmacist-omar", low, { roles: ["pharmacist"] }),
    nowLow,
    notHeld,
  ),
  change(
    "a doctor says that an allergy is over and signs",
    signs(DOCTOR, allergy({ clinicalStatus: clinical("resolved") })),
    without,
    notHeld,
  ),
  change(
    "a doctor re-codes an allergy and signs",
    signs(DOCTOR, allergy(DUST)),
    ({ view }) => [view.banner.allergies.items[0]?.substance !== "House dust" && "not re-coded"],
    notHeld,
  ),
  change(
    "a doctor takes a reaction out and signs",
    signs(DOCTOR, allergy({ reaction: [] })),
    ({ view }) => [view.allergies[0]?.reactions.length !== 0 && "it is there still"],
    notHeld,
  ),
  change(
    "a doctor signs that it was the next bed's allergy",
    signs(DOCTOR, allergy({ patient: to(NEIGHBOUR) })),
    without,
  ),
  change(
    "a nurse adds an allergy and signs",
    signs(NURSE, (patient) => allergyTo(patient, "kiwi", "Kiwi fruit"), { roles: ["nurse"] }),
    warned,
    verified("AllergyIntolerance", (patient) => `${patient}-kiwi`),
    notHeld,
  ),
  change(
    "two doctors change an allergy one after the other, each signs",
    { steps: [signs(DOCTOR, low), signs("doctor-karim", refuted)] },
    without,
    notHeld,
  ),
  change("the signature of a change comes after it", late(low), nowLow, notHeld),
  change(
    "an order that had ended is started again by a doctor who signs",
    signs(DOCTOR, (patient) => order(patient, "morphine", { status: "active" })),
    (shown) => canBeGiven(ids(shown.patient).morphine)(shown),
    notHeld,
  ),
  change(
    "a doctor changes a dose and signs: nothing is laid out to be confirmed",
    signs(DOCTOR, (patient) =>
      order(patient, "paracetamol", { dosageInstruction: [dosage("500 mg")] }),
    ),
    verified("MedicationRequest", (patient) => ids(patient).paracetamol),
    ({ view, patient }) => [
      view.changedOrders[ids(patient).paracetamol] !== undefined && "it is laid out",
    ],
    notHeld,
  ),
  change(
    "a doctor lifts a 'do not give' and signs",
    signs(DOCTOR, (patient) => order(patient, "heparin", { doNotPerform: undefined })),
    (shown) => canBeGiven(ids(shown.patient).heparin)(shown),
    notHeld,
  ),
  change(
    "a doctor withdraws 'do not resuscitate' and signs",
    signs(DOCTOR, (patient) => resuscitation(patient, { status: "revoked" })),
    ({ view }) => [view.banner.codeStatus !== null && "the banner still says so"],
    notHeld,
  ),
  change(
    "a doctor signs 'for full resuscitation'",
    signs(DOCTOR, (patient) => resuscitation(patient, { code: FULL })),
    ({ view }) => [
      view.banner.codeStatus === DNACPR && "the banner still says the other",
      !view.banner.codeStatusVerified && "it is to be confirmed though it is signed",
    ],
    notHeld,
  ),
  change(
    "a nurse ends an alert and signs",
    signs(NURSE, (patient) => isolation(patient, { status: "inactive" }), { roles: ["nurse"] }),
    ({ view }) => [view.banner.alerts.length > 0 && "it is in the banner still"],
    notHeld,
  ),
  change(
    "the desk corrects a birth date and signs",
    signs(CLERK, (patient) => person(patient, { birthDate: "1951-02-03" }), { roles: ["clerk"] }),
    ({ view }) => [view.banner.birthDate !== "1951-02-03" && "it is not corrected"],
    notHeld,
  ),
  change(
    "the desk gives another hospital number and signs",
    signs(CLERK, (patient) => person(patient, numbered(`NEW-${patient}`)), { roles: ["clerk"] }),
    ({ view, patient }) => [view.banner.identifier !== `NEW-${patient}` && "it is not given"],
    notHeld,
  ),
];

function late(make: (patient: string) => Resource): Told {
  const signatures = new Map<string, Awaited<ReturnType<typeof chart>>>();
  return {
    steps: [
      async (hospital, patient) => {
        const made = stored(make(patient));
        signatures.set(patient, await chart(hospital, DOCTOR, made, { signed: "later" }));
      },
      async ({ his }, patient) => {
        const provenance = signatures.get(patient)?.provenance;
        if (provenance != null) await his.put(provenance);
      },
    ],
  };
}
