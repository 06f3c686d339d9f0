import type { ClinicalCase } from "./case.ts";
import { account, allergy, attack, beneath, cut, itsAllergy, NEIGHBOUR } from "./case.ts";
import { allergyTo, broken, DUST, penicillin, SNOMED, to, verification } from "./record.ts";
import { claimed, warned } from "./shown.ts";

const notes = (patient: string): object[] => penicillin(patient)["note"] as object[];

/** In several moves, each of which looks like less. */
const moves: readonly ClinicalCase[] = [
  attack(
    "its criticality goes down by small steps",
    {
      steps: [
        beneath(allergy({ criticality: "unable-to-assess" })),
        beneath(allergy({ criticality: undefined })),
        beneath(allergy({ criticality: "low" })),
      ],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "it is first given one word more, then lowered",
    {
      steps: [
        beneath(allergy((patient) => ({ note: [...notes(patient), { text: "Seen again." }] }))),
        beneath(allergy({ criticality: "low" })),
      ],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "it is deleted and comes back weaker under the same id",
    {
      steps: [
        cut("AllergyIntolerance", itsAllergy),
        beneath(allergy({ criticality: "low", reaction: [] })),
      ],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "it is made unreadable, then deleted",
    { steps: [beneath(allergy(broken)), cut("AllergyIntolerance", itsAllergy)] },
    warned,
    claimed("removed"),
  ),
  attack(
    "it is made unreadable, then readable and refuted",
    {
      steps: [
        beneath(allergy(broken)),
        beneath(allergy({ verificationStatus: verification("refuted") })),
      ],
    },
    warned,
    claimed("refuted"),
  ),
  attack(
    "a held change is said again and again",
    {
      steps: [1, 2, 3].map((again) =>
        beneath(allergy({ criticality: "low", recordedDate: `2019-05-0${again}` })),
      ),
    },
    warned,
    claimed("criticality-lowered"),
    ({ view }) => [view.holds.length !== 1 && `it is held ${view.holds.length} times`],
  ),
  attack(
    "it goes to the next bed and is deleted there",
    {
      steps: [beneath(allergy({ patient: to(NEIGHBOUR) })), cut("AllergyIntolerance", itsAllergy)],
    },
    warned,
    claimed("removed"),
  ),
  attack(
    "it goes to the next bed and comes back refuted",
    {
      steps: [
        beneath(allergy({ patient: to(NEIGHBOUR) })),
        beneath(allergy({ verificationStatus: verification("refuted") })),
      ],
    },
    warned,
    claimed("refuted"),
  ),
  attack(
    "its old and weaker first version is written again",
    {
      before: (patient) => [penicillin(patient, { criticality: "low", reaction: [] })],
      steps: [beneath(allergy({})), beneath(allergy({ criticality: "low", reaction: [] }))],
    },
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "its row in the HIS's database is edited, and no version counted",
    {
      steps: [
        async (hospital, patient) => {
          await hospital.database.put(penicillin(patient, { onsetString: "as a child" }));
        },
        ({ database }, patient) => database.rewrite(penicillin(patient, { criticality: "low" })),
      ],
    },
    warned,
  ),
];

/** By an account that may write, such as an interface engine has. */
const byAccount: readonly ClinicalCase[] = [
  attack(
    "an interface account deletes it",
    ({ account: api }, patient) => api.remove("AllergyIntolerance", itsAllergy(patient)),
    warned,
    claimed("removed"),
  ),
  attack(
    "an interface account refutes it by a patch",
    ({ account: api }, patient) =>
      api.patch("AllergyIntolerance", itsAllergy(patient), [
        { op: "replace", path: "/verificationStatus", value: verification("refuted") },
      ]),
    warned,
    claimed("refuted"),
  ),
  attack(
    "an interface account lowers it in a doctor's name",
    account(allergy({ criticality: "low", recorder: { reference: "Practitioner/dr-haddad" } })),
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "an interface account replaces it by a weaker one in one transaction",
    ({ account: api }, patient) =>
      api.transaction([
        { method: "DELETE", url: `AllergyIntolerance/${itsAllergy(patient)}` },
        {
          method: "PUT",
          url: `AllergyIntolerance/${patient}-twin`,
          resource: allergyTo(patient, "twin", "Benzylpenicillin", { criticality: "low" }),
        },
      ]),
    warned,
    claimed("removed"),
  ),
  attack(
    "an interface account re-codes it and says who recorded it",
    account(allergy({ ...DUST, asserter: { reference: "Practitioner/dr-haddad" } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "an interface account writes it under another system's label, as a test record",
    account(
      allergy({
        criticality: "low",
        meta: { tag: [{ system: `${SNOMED}/x`, code: "HTEST" }] },
      }),
    ),
    warned,
    claimed("criticality-lowered"),
  ),
];

export const allergyMoves: readonly ClinicalCase[] = [...moves, ...byAccount];
