import type { ClinicalCase, Step } from "./case.ts";
import { account, attack, beneath, cut, NEIGHBOUR } from "./case.ts";
import { dosage, ids, order, RXNORM, to } from "./record.ts";
import type { Change } from "./record.ts";
import { beforeAndAfter, claimed, notGiven, unverified } from "./shown.ts";
import type { Judgement, Shown } from "./shown.ts";

type Name = Parameters<typeof order>[1];
const write = (name: Name, change: Change | ((patient: string) => Change)): Step =>
  beneath((patient) =>
    order(patient, name, typeof change === "function" ? change(patient) : change),
  );
/** A judgement about one of the patient's own orders. */
const of =
  (name: Name, ...judgements: readonly ((order: string) => Judgement)[]): Judgement =>
  (shown: Shown) =>
    judgements.flatMap((judge) => judge(`${shown.patient}-${name}`)(shown));
const ended = (name: Name, status: string) => ({
  before: (patient: string) => [order(patient, name, { status })],
});
const stopped = of("morphine", notGiven);

const backAgain: readonly ClinicalCase[] = [
  attack(
    "a stopped order is made active again",
    write("morphine", { status: "active" }),
    stopped,
    claimed("reopened"),
  ),
  attack(
    "an interface account makes a stopped order active again",
    account((patient) => order(patient, "morphine", { status: "active" })),
    stopped,
    claimed("reopened"),
  ),
  ...["cancelled", "completed", "entered-in-error"].map((status) =>
    attack(
      `an order that was ${status} is made active again`,
      { ...ended("morphine", status), steps: [write("morphine", { status: "active" })] },
      stopped,
      claimed("reopened"),
    ),
  ),
  ...["on-hold", "draft", "unknown"].map((status) =>
    attack(
      `a stopped order becomes ${status} first, and active then`,
      { steps: [write("morphine", { status }), write("morphine", { status: "active" })] },
      stopped,
      claimed("reopened"),
    ),
  ),
  attack(
    "an order is stopped by the ward and started again behind its back",
    {
      steps: [
        write("paracetamol", { status: "stopped" }),
        write("paracetamol", { status: "active" }),
      ],
    },
    of("paracetamol", notGiven),
    claimed("reopened"),
  ),
  attack(
    "a stopped order is deleted and written anew as active",
    {
      steps: [
        cut("MedicationRequest", (patient) => ids(patient).morphine),
        write("morphine", { status: "active" }),
      ],
    },
    stopped,
    claimed("reopened"),
  ),
  attack(
    "a stopped order goes to the next bed, and comes back as active",
    {
      steps: [
        write("morphine", { subject: to(NEIGHBOUR), status: "active" }),
        write("morphine", { status: "active" }),
      ],
    },
    stopped,
  ),
  attack(
    "a stopped order has a twin that is active: it is not called verified, and the stopped one stays stopped",
    beneath((patient) => ({
      ...order(patient, "morphine", { status: "active" }),
      id: `${patient}-morphine-2`,
    })),
    stopped,
    (shown) => unverified(`MedicationRequest/${shown.patient}-morphine-2`)(shown),
  ),
  attack(
    "'do not give' becomes 'give'",
    write("heparin", { doNotPerform: undefined }),
    of("heparin", notGiven),
    claimed(),
  ),
  attack(
    "'do not give' is deleted",
    cut("MedicationRequest", (patient) => ids(patient).heparin),
    claimed(),
    ({ view, patient }) => [
      !view.medicines.some(({ id }) => id === ids(patient).heparin) && "it is listed no more",
    ],
  ),
  attack(
    "'do not give' is stopped, and 'give' written beside it",
    {
      steps: [
        write("heparin", { status: "stopped" }),
        beneath((patient) => ({
          ...order(patient, "heparin", { doNotPerform: undefined }),
          id: `${patient}-heparin-2`,
        })),
      ],
    },
    of("heparin", notGiven),
    claimed(),
  ),
];

const theirs = (patient: string, whose: string) => ({
  ...order(whose, "paracetamol"),
  id: `${patient}-theirs`,
});
const others: readonly ClinicalCase[] = [
  attack(
    "an order goes to the patient in the next bed",
    write("paracetamol", { subject: to(NEIGHBOUR) }),
    of("paracetamol", notGiven),
    claimed("re-pointed"),
  ),
  attack(
    "an order of the patient in the next bed comes to this one",
    {
      before: (patient) => [theirs(patient, NEIGHBOUR)],
      steps: [beneath((patient) => theirs(patient, patient))],
    },
    (shown) => notGiven(`${shown.patient}-theirs`)(shown),
    claimed("re-pointed"),
  ),
  attack(
    "an order goes to the next bed and comes back with another dose",
    {
      steps: [
        write("paracetamol", { subject: to(NEIGHBOUR) }),
        write("paracetamol", { dosageInstruction: [dosage("10 g")] }),
      ],
    },
    of("paracetamol", notGiven),
  ),
];

/** New and changed orders apply: what matters is that nobody gives them without having seen what they were. */
const changed = of("paracetamol", beforeAndAfter);
const changes: readonly ClinicalCase[] = [
  attack(
    "ten times the dose",
    write("paracetamol", { dosageInstruction: [dosage("10 g")] }),
    changed,
  ),
  attack(
    "another dose in numbers, the same in words",
    write("paracetamol", {
      dosageInstruction: [{ ...dosage("10 g"), text: "1 g three times a day" }],
    }),
    changed,
  ),
  attack(
    "six times as often",
    write("paracetamol", {
      dosageInstruction: [
        {
          ...dosage("1 g"),
          text: "1 g",
          timing: { repeat: { frequency: 18, period: 1, periodUnit: "d" } },
        },
      ],
    }),
    changed,
  ),
  attack(
    "another route",
    write("paracetamol", {
      dosageInstruction: [{ ...dosage("1 g"), route: { text: "intrathecal" } }],
    }),
    changed,
  ),
  attack(
    "another medicine under the same order",
    write("paracetamol", { medicationCodeableConcept: { text: "Morphine" } }),
    changed,
  ),
  attack(
    "a proposal becomes an order",
    {
      before: (patient) => [order(patient, "paracetamol", { intent: "proposal" })],
      steps: [write("paracetamol", {})],
    },
    changed,
  ),
  attack(
    "a modifier extension turns the order round",
    write("paracetamol", { modifierExtension: [{ url: "urn:x:negated", valueBoolean: true }] }),
    changed,
  ),
  attack(
    "two changes in a row: what it was before the first is still shown",
    {
      steps: [
        write("paracetamol", { dosageInstruction: [dosage("2 g")] }),
        write("paracetamol", { dosageInstruction: [dosage("4 g")] }),
      ],
    },
    changed,
    ({ view, patient }) => [
      !JSON.stringify(view.changedOrders[ids(patient).paracetamol]).includes("1 g") &&
        "the first dose is not shown",
    ],
  ),
];

/** What an order is made to look like, so that the check against the allergy sees nothing. */
const amoxicillin = { system: RXNORM, code: "723", display: "Amoxicillin" };
const disguises: readonly (readonly [string, Change])[] = [
  [
    "in words paracetamol, by its code amoxicillin",
    { medicationCodeableConcept: { coding: [amoxicillin], text: "Paracetamol" } },
  ],
  [
    "by its first code paracetamol, by its second amoxicillin",
    {
      medicationCodeableConcept: {
        coding: [{ system: RXNORM, code: "161", display: "Paracetamol" }, amoxicillin],
      },
    },
  ],
  [
    "in words paracetamol, in the Medication it carries amoxicillin",
    {
      medicationCodeableConcept: undefined,
      medicationReference: { reference: "#m", display: "Paracetamol" },
      contained: [{ resourceType: "Medication", id: "m", code: { coding: [amoxicillin] } }],
    },
  ],
  [
    "amoxicillin, written with look-alike letters",
    { medicationCodeableConcept: { text: "Аmохiсillin" } },
  ],
  [
    "amoxicillin, with letters that nobody sees",
    { medicationCodeableConcept: { text: "Amo\u200Bxi\u2060cillin" } },
  ],
];
const disguised: readonly ClinicalCase[] = disguises.map(([name, what]) =>
  attack(
    `a new order: ${name}`,
    beneath((patient) => ({
      ...order(patient, "paracetamol", what),
      id: `${patient}-disguised`,
    })),
    ({ giving, patient }) => {
      const given = giving(`${patient}-disguised`);
      if (typeof given === "string") return [];
      const { action, notChecked } = given.check;
      return [
        action !== "stop" &&
          !notChecked.some(({ kind }) => kind === "medicine-unknown") &&
          `giving it says ${action}, and not that the medicine is unknown`,
      ];
    },
  ),
);

export const orderAttacks: readonly ClinicalCase[] = [
  ...backAgain,
  ...others,
  ...changes,
  ...disguised,
];
