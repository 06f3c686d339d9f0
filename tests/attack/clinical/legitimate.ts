import type { ClinicalCase, Step } from "./case.ts";
import { allergy, beneath, change, cut } from "./case.ts";
import {
  allergyTo,
  clinical,
  dosage,
  ids,
  isolation,
  NOTE,
  order,
  penicillin,
  person,
  RXNORM,
  SNOMED,
  to,
  verification,
} from "./record.ts";
import type { Change, Resource } from "./record.ts";
import { beforeAndAfter, canBeGiven, himself, notGiven, notHeld, warned } from "./shown.ts";
import type { Judgement } from "./shown.ts";

/** What a HIS that signs nothing does all day. Each must take effect, and nothing may be held. */

const ANAPHYLAXIS = { manifestation: [{ text: "Anaphylaxis" }], severity: "severe" };
const warns =
  (substance: string): Judgement =>
  ({ view }) => [
    !view.banner.allergies.items.some((one) => one.substance === substance) &&
      `the banner does not say ${substance}`,
  ];
const added = (
  name: string,
  substance: string,
  more: Change = {},
  ...judgements: readonly Judgement[]
): ClinicalCase =>
  change(
    `an allergy is added unsigned: ${name}`,
    beneath((patient) => allergyTo(patient, "added", substance, more)),
    warned,
    warns(substance),
    notHeld,
    ...judgements,
  );

const additions: readonly ClinicalCase[] = [
  added("by words only", "Kiwi fruit"),
  added("by a code of RxNorm", "Ibuprofen", {
    code: { coding: [{ system: RXNORM, code: "5640", display: "Ibuprofen" }], text: "Ibuprofen" },
  }),
  added("by a code of SNOMED CT", "Latex", {
    code: { coding: [{ system: SNOMED, code: "111088007", display: "Latex" }], text: "Latex" },
  }),
  added("in Arabic", "حساسية من السمك"),
  added("of high criticality", "Peanut", { criticality: "high" }),
  added("of low criticality", "Grass pollen", { criticality: "low" }),
  added("of a criticality that cannot be assessed", "Egg", { criticality: "unable-to-assess" }),
  added("unconfirmed", "Cow's milk", { verificationStatus: verification("unconfirmed") }),
  added("without any status", "Wasp venom", {
    verificationStatus: undefined,
    clinicalStatus: undefined,
  }),
  added("with three reactions", "Codeine", {
    reaction: [
      ANAPHYLAXIS,
      { manifestation: [{ text: "Itch" }] },
      { manifestation: [{ text: "Rash" }], severity: "mild" },
    ],
  }),
  added("an intolerance", "Lactose", { type: "intolerance", category: ["food"] }),
  added("from before the year 2000", "Morphine", { recordedDate: "1998" }),
  added("with a carried recorder", "Vancomycin", {
    contained: [{ resourceType: "Practitioner", id: "p", name: [{ text: "Dr. Aziz" }] }],
    recorder: { reference: "#p" },
  }),
  added("of the same substance, worse", "Benzylpenicillin", {
    criticality: "high",
    reaction: [ANAPHYLAXIS],
  }),
];

const mild = (patient: string): Resource =>
  penicillin(patient, {
    criticality: "low",
    verificationStatus: verification("unconfirmed"),
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "mild" }],
  });
/** From something less to what `warned` asks for. */
const raised = (name: string, from: Change): ClinicalCase =>
  change(
    `an allergy is raised unsigned: ${name}`,
    { before: (patient) => [penicillin(patient, from)], steps: [beneath(allergy({}))] },
    warned,
    notHeld,
  );
const raises: readonly ClinicalCase[] = [
  raised("from low to high", { criticality: "low" }),
  raised("from nothing said to high", { criticality: undefined }),
  raised("from not assessable to high", { criticality: "unable-to-assess" }),
  raised("from unconfirmed to confirmed", { verificationStatus: verification("unconfirmed") }),
  raised("from nothing said to confirmed", { verificationStatus: undefined }),
  raised("from resolved to active", { clinicalStatus: clinical("resolved") }),
  raised("from refuted to confirmed", { verificationStatus: verification("refuted") }),
  raised("from inactive to active", { clinicalStatus: clinical("inactive") }),
  raised("from intolerance to allergy", { type: "intolerance" }),
  raised("a reaction is added", { reaction: [] }),
  raised("its reaction was worse than written", {
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "moderate" }],
  }),
  raised("how severe its reaction was", {
    reaction: [{ manifestation: ANAPHYLAXIS.manifestation }],
  }),
  change(
    "an allergy is raised unsigned: in three steps",
    {
      before: (patient) => [mild(patient)],
      steps: [
        beneath((patient) => ({ ...mild(patient), criticality: "unable-to-assess" })),
        beneath((patient) => ({ ...mild(patient), criticality: "high" })),
        beneath(allergy({})),
      ],
    },
    warned,
    notHeld,
  ),
];

const harmless = (name: string, what: Change | ((patient: string) => Change)): ClinicalCase =>
  change(`an allergy is kept up: ${name}`, beneath(allergy(what)), warned, notHeld);
const upkeep: readonly ClinicalCase[] = [
  harmless("written anew without a change", {}),
  harmless("its narrative is made anew", {
    text: { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">…</div>' },
  }),
  harmless("a note is added", { note: [{ text: NOTE }, { text: "Carries adrenaline." }] }),
  harmless("an identifier of another system", {
    identifier: [{ system: "urn:old:his", value: "A-17" }],
  }),
  harmless("who recorded it", { recorder: { reference: "Practitioner/dr-haddad" } }),
  harmless("who says so", { asserter: { reference: "Practitioner/dr-haddad" } }),
  harmless("the stay in which it was recorded", (patient) => ({
    encounter: { reference: `Encounter/${patient}-stay` },
  })),
  harmless("an earlier date of recording", { recordedDate: "2018-12-01" }),
  harmless("when it last occurred", { lastOccurrence: "2024-02-02" }),
  harmless("since when", { onsetDateTime: "1970" }),
  harmless("a second category", { category: ["medication", "biologic"] }),
  harmless("an extension of the site's own", {
    extension: [{ url: "urn:site:card-given", valueBoolean: true }],
  }),
  harmless("another mild reaction", {
    reaction: [ANAPHYLAXIS, { manifestation: [{ text: "Itch" }], severity: "mild" }],
  }),
];

const stop = (name: string, ...steps: readonly Step[]): ClinicalCase =>
  change(
    `a medicine is stopped unsigned: ${name}`,
    { steps },
    (shown) => notGiven(ids(shown.patient).paracetamol)(shown),
    notHeld,
  );
const paracetamol = (more: Change) => beneath((patient) => order(patient, "paracetamol", more));
const stops: readonly ClinicalCase[] = [
  ...["stopped", "cancelled", "completed", "entered-in-error", "on-hold", "draft", "unknown"].map(
    (status) => stop(status, paracetamol({ status })),
  ),
  stop(
    "deleted",
    cut("MedicationRequest", (patient) => ids(patient).paracetamol),
  ),
  stop("not to be given", paracetamol({ doNotPerform: true })),
  stop(
    "in a version that nobody can read",
    paracetamol({ status: "stopped", dosageInstruction: "?" }),
  ),
  stop(
    "just after a change of dose",
    paracetamol({ dosageInstruction: [dosage("500 mg")] }),
    paracetamol({ dosageInstruction: [dosage("500 mg")], status: "stopped" }),
  ),
  stop(
    "with another medicine's name",
    paracetamol({
      status: "stopped",
      medicationCodeableConcept: { text: "Ibuprofen" },
    }),
  ),
  stop("under a date of last year", ({ network, database }, patient) => {
    network.forge("MedicationRequest", ids(patient).paracetamol, (entry) => ({
      ...entry,
      resource: {
        ...(entry["resource"] as object),
        meta: { versionId: "9", lastUpdated: "2025-01-01T00:00:00.000Z" },
      },
    }));
    return database.put(order(patient, "paracetamol", { status: "stopped" }));
  }),
];

const orders: readonly ClinicalCase[] = [
  change(
    "a new order comes unsigned",
    beneath((patient) => ({ ...order(patient, "paracetamol"), id: `${patient}-new` })),
    (shown) => canBeGiven(`${shown.patient}-new`)(shown),
    notHeld,
  ),
  ...(
    [
      ["another dose", { dosageInstruction: [dosage("500 mg")] }],
      [
        "an end",
        {
          dosageInstruction: [
            {
              ...dosage("1 g"),
              text: "1 g for two days",
              timing: {
                repeat: { frequency: 3, period: 1, periodUnit: "d", boundsPeriod: { end: "2099" } },
              },
            },
          ],
        },
      ],
    ] satisfies readonly (readonly [string, Change])[]
  ).map(([name, what]) =>
    change(
      `an order is changed unsigned: ${name}`,
      paracetamol(what),
      (shown) => canBeGiven(ids(shown.patient).paracetamol)(shown),
      (shown) => beforeAndAfter(ids(shown.patient).paracetamol)(shown),
      notHeld,
    ),
  ),
  change(
    "an order is kept up unsigned: a note",
    paracetamol({ note: [{ text: "With food." }] }),
    (shown) => canBeGiven(ids(shown.patient).paracetamol)(shown),
    notHeld,
  ),
];

const kept = (name: string, what: Change): ClinicalCase =>
  change(
    `a patient's record is kept up unsigned: ${name}`,
    beneath((patient) => person(patient, what)),
    himself,
    notHeld,
  );
const people: readonly ClinicalCase[] = [
  kept("his address", { address: [{ city: "Jeddah" }] }),
  kept("his telephone", { telecom: [{ system: "phone", value: "+966 1" }] }),
  kept("whom to call", { contact: [{ name: { text: "Her son" } }] }),
  kept("his language", { communication: [{ language: { text: "Arabic" } }] }),
  kept("his family doctor", { generalPractitioner: [{ display: "Dr. Aziz" }] }),
  kept("that he is married", { maritalStatus: { text: "Married" } }),
  change(
    "an identifier of another office is added unsigned",
    beneath((patient) =>
      person(patient, {
        identifier: [
          ...(person(patient)["identifier"] as object[]),
          { use: "secondary", system: "urn:insurance", value: "7" },
        ],
      }),
    ),
    himself,
    notHeld,
  ),
];

const others: readonly ClinicalCase[] = [
  change(
    "an alert is added unsigned",
    beneath((patient) => ({
      ...isolation(patient, { code: { text: "Falls" } }),
      id: `${patient}-falls`,
    })),
    ({ view }) => [!view.banner.alerts.includes("Falls") && "it is not in the banner"],
    notHeld,
  ),
  change(
    "an allergy refuted long ago is deleted",
    {
      before: (patient) => [
        allergyTo(patient, "old", "Codeine", { verificationStatus: verification("refuted") }),
      ],
      steps: [cut("AllergyIntolerance", (patient) => `${patient}-old`)],
    },
    warned,
    notHeld,
    ({ view }) => [view.allergies.length !== 1 && "it is listed still"],
  ),
  change(
    "'no known allergy' makes way for an allergy, in the same record",
    {
      before: (patient) => [
        allergyTo(patient, "none", "No known allergy", {
          code: { coding: [{ system: SNOMED, code: "716186003" }], text: "No known allergy" },
        }),
      ],
      steps: [beneath((patient) => allergyTo(patient, "none", "Kiwi fruit"))],
    },
    warned,
    warns("Kiwi fruit"),
    notHeld,
  ),
  change(
    "a change that was held is taken back by the HIS itself: nothing is held any more",
    { steps: [beneath(allergy({ criticality: "low" })), beneath(allergy({}))] },
    warned,
    notHeld,
  ),
  change(
    "a result, a problem and a set of observations come",
    {
      steps: [
        beneath((patient) => ({
          resourceType: "Condition",
          id: `${patient}-asthma`,
          code: { text: "Asthma" },
          subject: to(patient),
        })),
      ],
    },
    ({ view }) => [!JSON.stringify(view.problems).includes("Asthma") && "it is not listed"],
    notHeld,
  ),
];

export const legitimateChanges: readonly ClinicalCase[] = [
  ...additions,
  ...raises,
  ...upkeep,
  ...stops,
  ...orders,
  ...people,
  ...others,
];
