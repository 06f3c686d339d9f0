import { attack, NEIGHBOUR } from "./case.ts";
import type { ClinicalCase, Step } from "./case.ts";
import type { Entry } from "./network.ts";
import {
  altered,
  givenByNobody,
  heldOrder,
  identifiersOf,
  KARIM,
  onTheWayAlarm,
  orderedOf,
  otherOf,
  orders,
} from "./ordering.ts";
import { order, RXNORM, to } from "./record.ts";
import { beforeAndAfter, claimed, notGiven, unverified } from "./shown.ts";
import { chart, DOCTOR, NURSE, stored } from "./signing.ts";
import type { Forge } from "./signing.ts";

/** One line of its dosage, changed. */
const dosed =
  (change: (line: Entry) => Entry) =>
  (ordered: Entry): Entry => ({
    ...ordered,
    dosageInstruction: (ordered["dosageInstruction"] as Entry[]).map(change),
  });
const amount = (value: number, unit: string, code = unit) => ({
  doseAndRate: [{ doseQuantity: { value, unit, system: "http://unitsofmeasure.org", code } }],
});
const tenfold = dosed((line) => ({ ...line, ...amount(4000, "mg") }));
const timed = (line: Entry, change: object): Entry => {
  const { repeat } = line["timing"] as { repeat: object };
  return { ...line, timing: { repeat: { ...repeat, ...change } } };
};

/** Between her signature and the HIS's record: by who sits on the line, or by the HIS itself. */
const onTheWay: readonly (readonly [string, (ordered: Entry) => Entry])[] = [
  ["ten times the dose", tenfold],
  ["grams for milligrams", dosed((line) => ({ ...line, ...amount(400, "g") }))],
  ["grams by the code alone", dosed((line) => ({ ...line, ...amount(400, "mg", "g") }))],
  [
    "a second line with another dose",
    (ordered) => ({
      ...ordered,
      dosageInstruction: (ordered["dosageInstruction"] as Entry[]).flatMap((line) => [
        line,
        { ...line, ...amount(800, "mg") },
      ]),
    }),
  ],
  ["six times as often", dosed((line) => timed(line, { frequency: 18, timeOfDay: undefined }))],
  [
    "other hours",
    dosed((line) => timed(line, { timeOfDay: ["08:00:00", "09:00:00", "10:00:00"] })),
  ],
  [
    "an end in the year 2099",
    dosed((line) => timed(line, { boundsPeriod: { end: "2099-01-01" } })),
  ],
  ["if needed", dosed((line) => ({ ...line, asNeededBoolean: true }))],
  [
    "another route by word and code",
    dosed((line) => ({ ...line, route: { text: "intrathecal" } })),
  ],
  [
    "another medicine",
    (ordered) => ({
      ...ordered,
      medicationCodeableConcept: {
        coding: [{ system: RXNORM, code: "7052", display: "Morphine" }],
        text: "Morphine",
      },
    }),
  ],
  [
    "another medicine by its words, the same by its code",
    (ordered) => ({
      ...ordered,
      medicationCodeableConcept: {
        ...(ordered["medicationCodeableConcept"] as object),
        text: "Morphine",
      },
    }),
  ],
  [
    "another medicine by its code, the same by its words",
    (ordered) => ({
      ...ordered,
      medicationCodeableConcept: {
        coding: [{ system: RXNORM, code: "7052" }],
        text: "Ibuprofen",
      },
    }),
  ],
  ["a proposal", (ordered) => ({ ...ordered, intent: "proposal" })],
];

/** By no identifier is it known as ours any more. */
const stripped = ({ identifier: _ours, ...rest }: Entry): Entry => rest;

/** She orders twice; on its way the one becomes the other, identifiers and all. */
const becomesTheOther: readonly Step[] = [
  (hospital, patient) =>
    orders({ uuid: otherOf(patient), dose: { value: 800, unit: "mg" } })(hospital, patient),
  (hospital, patient) =>
    altered((one) => ({
      ...dosed((line) => ({ ...line, ...amount(800, "mg") }))(one),
      identifier: identifiersOf(otherOf(patient)),
    }))(hospital, patient),
];

/** Step by step: what is signed of it at the HIS afterwards. */
const signsWhatIsThere =
  (by: string, roles: readonly ("nurse" | "doctor")[], forge: Forge = {}): Step =>
  async (hospital, patient) => {
    const held = await heldOrder(hospital, patient);
    await chart(hospital, by, stored(held), { roles, forge });
  };

/** A doctor's good signature over another order of his, put on this one. */
const transplants: Step = async (hospital, patient) => {
  const other = order(patient, "paracetamol", { status: "stopped" });
  const { signature } = await chart(hospital, DOCTOR, stored(other));
  const held = await heldOrder(hospital, patient);
  await chart(hospital, DOCTOR, stored(held), { forge: { jws: signature ?? "" } });
};

const ordered = (patient: string): string => orderedOf(patient);
const dosedAnew =
  (by: string, roles: readonly ("nurse" | "doctor")[]): Step =>
  async (hospital, patient) => {
    const held = await heldOrder(hospital, patient);
    const change = tenfold(held) as typeof held;
    await chart(hospital, by, stored(change), { roles });
  };

/** She ordered it; a doctor stopped it at the HIS; the first version comes back with the signature it had. */
function replayed(): readonly Step[] {
  const first = new Map<string, Entry>();
  return [
    orders(),
    async (hospital, patient) => {
      const held = await heldOrder(hospital, patient);
      first.set(patient, held);
      await chart(hospital, DOCTOR, stored({ ...held, status: "stopped" }));
    },
    async ({ database }, patient) => {
      await database.put(first.get(patient) as Parameters<typeof database.put>[0]);
    },
  ];
}

export const orderedAttacks: readonly ClinicalCase[] = [
  ...onTheWay.map(([name, change]) =>
    attack(
      `a doctor orders here, and the HIS stores: ${name}`,
      { steps: [altered(change)] },
      givenByNobody,
      onTheWayAlarm,
    ),
  ),
  attack(
    "a doctor orders here, and the HIS stores: completed",
    { steps: [altered((one) => ({ ...one, status: "completed" }))] },
    onTheWayAlarm,
    (shown) => notGiven(ordered(shown.patient))(shown),
  ),
  attack(
    "a doctor orders here, and the HIS stores it for the patient in the next bed",
    { steps: [altered((one) => ({ ...one, subject: to(NEIGHBOUR) }))] },
    onTheWayAlarm,
    ({ giving, patient }) => [
      typeof giving(ordered(patient)) !== "string" && "it can be given to him",
      typeof giving(ordered(patient), NEIGHBOUR) !== "string" && "it can be given to the next bed",
    ],
  ),
  attack(
    "a doctor orders here, and the HIS stores ten times the dose without the identifiers from here",
    { steps: [altered((one) => stripped(tenfold(one)))] },
    givenByNobody,
    onTheWayAlarm,
  ),
  attack(
    "a doctor orders here, and the HIS stores it for the patient in the next bed, without the identifiers from here",
    { steps: [altered((one) => stripped({ ...one, subject: to(NEIGHBOUR) }))] },
    onTheWayAlarm,
    ({ giving, patient }) => [
      typeof giving(ordered(patient)) !== "string" && "it can be given to him",
      typeof giving(ordered(patient), NEIGHBOUR) !== "string" && "it can be given to the next bed",
    ],
  ),
  attack(
    "a doctor orders twice here, and the HIS stores one as the other, under the other's identifiers",
    { steps: becomesTheOther },
    givenByNobody,
    onTheWayAlarm,
  ),
  attack(
    "a doctor's order is altered on its way, and a nurse signs what is there",
    { steps: [altered(tenfold), signsWhatIsThere(NURSE, ["nurse"])] },
    givenByNobody,
  ),
  attack(
    "a doctor's order is altered on its way, and a key that nobody certified vouches for it in her name",
    {
      steps: [
        altered(tenfold),
        async (hospital, patient) =>
          await signsWhatIsThere(KARIM, ["doctor"], { signer: hospital.signers.revoked })(
            hospital,
            patient,
          ),
      ],
    },
    givenByNobody,
  ),
  attack(
    "a doctor's order is altered on its way, and the signature of another order is put on it",
    { steps: [altered(tenfold), transplants] },
    givenByNobody,
  ),
  attack(
    "a nurse signs ten times the dose of what a doctor ordered here",
    { steps: [orders(), dosedAnew(NURSE, ["nurse"])] },
    (shown) => beforeAndAfter(ordered(shown.patient))(shown),
  ),
  attack(
    "a doctor orders in spite of an allergy, and why is taken out on the way",
    {
      steps: [
        altered(({ note: _note, ...rest }) => rest, {
          medicine: { kind: "coded", system: RXNORM, code: "723", name: "Amoxicillin" },
          override: { reason: "Nothing else helps", allergies: ["penicillin"] },
        }),
      ],
    },
    onTheWayAlarm,
    (shown) => unverified(`MedicationRequest/${ordered(shown.patient)}`)(shown),
    ({ giving, patient }) => {
      const given = giving(ordered(patient));
      return [typeof given !== "string" && given.check.action !== "stop" && "it does not stop"];
    },
  ),
  attack(
    "an order from here is stopped at the HIS, and its first version comes back, signature and all",
    { steps: replayed() },
    claimed("reopened"),
    ({ giving, patient }) => [
      typeof giving(ordered(patient)) !== "string" && "a dose of it can be given",
    ],
  ),
  attack(
    "an order from here goes to the next bed after it has come back",
    {
      steps: [
        orders(),
        async (hospital, patient) => {
          const held = await heldOrder(hospital, patient);
          await hospital.database.put({ ...held, subject: to(NEIGHBOUR) });
        },
      ],
    },
    claimed("re-pointed"),
    ({ giving, patient }) => [
      typeof giving(ordered(patient), NEIGHBOUR) !== "string" && "it can be given to the next bed",
    ],
  ),
];
