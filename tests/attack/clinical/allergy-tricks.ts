import type { ClinicalCase } from "./case.ts";
import { allergy, attack, beneath, cut, ELSEWHERE, itsAllergy, NEIGHBOUR } from "./case.ts";
import {
  ABSENT,
  allergyTo,
  broken,
  INGREDIENT,
  NONE_KNOWN,
  penicillin,
  to,
  verification,
} from "./record.ts";
import { alarmed, claimed, unreadable, warned } from "./shown.ts";

const noKnown = (patient: string) =>
  allergyTo(patient, "none", "No known allergy", {
    code: { coding: [NONE_KNOWN], text: NONE_KNOWN.display },
  });

/** Whose allergy it is. */
const patients: readonly ClinicalCase[] = [
  attack(
    "it becomes the allergy of the patient in the next bed",
    beneath(allergy({ patient: to(NEIGHBOUR) })),
    warned,
    claimed("re-pointed"),
  ),
  attack(
    "it becomes the allergy of somebody on another ward",
    beneath(allergy({ patient: to(ELSEWHERE) })),
    warned,
    claimed(),
  ),
  attack(
    "it becomes the allergy of somebody whom nobody knows",
    beneath(allergy({ patient: to("nobody") })),
    warned,
  ),
  attack(
    "it becomes the allergy of a patient of another server",
    beneath(
      allergy((patient) => ({
        patient: { reference: `https://elsewhere.example/fhir/Patient/${patient}` },
      })),
    ),
    warned,
  ),
  attack("it names no patient", beneath(allergy({ patient: undefined })), warned),
  attack(
    "it names the patient by words only",
    beneath(allergy({ patient: { display: "Huda" } })),
    warned,
  ),
];

/** What turns a record's meaning round without touching what is read of it. */
const tricks: readonly ClinicalCase[] = [
  attack(
    "a modifier extension says that it does not hold",
    beneath(allergy({ modifierExtension: [{ url: "urn:x:negated", valueBoolean: true }] })),
    warned,
    claimed("modifier"),
  ),
  attack(
    "a modifier extension in a reaction says that it did not happen",
    beneath(
      allergy({
        reaction: [
          {
            manifestation: [{ text: "Anaphylaxis" }],
            severity: "severe",
            modifierExtension: [{ url: "urn:x:negated", valueBoolean: true }],
          },
        ],
      }),
    ),
    warned,
    claimed("reaction-removed"),
  ),
  attack(
    "implicit rules change how it is to be read",
    beneath(allergy({ implicitRules: "urn:x:negated" })),
    warned,
    claimed("modifier"),
  ),
  attack(
    "another resource is carried inside it",
    beneath(
      allergy((patient) => ({
        contained: [{ ...penicillin(patient), verificationStatus: verification("refuted") }],
      })),
    ),
    warned,
    claimed("contained"),
  ),
  attack(
    "its criticality is there and said to be absent",
    beneath(allergy({ _criticality: ABSENT })),
    warned,
    claimed("modifier"),
  ),
  attack(
    "an element that no version of FHIR knows says that it is void",
    beneath(allergy({ void: true })),
    warned,
    claimed("other-element"),
  ),
  attack(
    "it is dated years ahead, so that it stays the newest for ever",
    beneath(allergy({ recordedDate: "2099-01-01" })),
    warned,
    claimed("future-date"),
  ),
  attack(
    "it cannot be read any more",
    beneath(allergy(broken)),
    warned,
    unreadable,
    alarmed("unreadable"),
  ),
  attack(
    "it has lost all but its id",
    beneath((patient) => ({
      resourceType: "AllergyIntolerance",
      id: itsAllergy(patient),
      patient: to(patient),
    })),
    warned,
    unreadable,
  ),
  attack(
    "it is so large that nobody can read it",
    beneath(allergy({ reaction: Array.from({ length: 300 }, () => ({ manifestation: [] })) })),
    warned,
    unreadable,
  ),
];

/** What is put beside it. */
const beside: readonly ClinicalCase[] = [
  attack("'no known allergy' is put beside it", beneath(noKnown), warned),
  attack(
    "a weaker twin of it is put beside it",
    beneath((patient) =>
      allergyTo(patient, "twin", "Benzylpenicillin", {
        code: { coding: [INGREDIENT], text: "Benzylpenicillin" },
        criticality: "low",
      }),
    ),
    warned,
  ),
  attack(
    "a refuted twin of it is put beside it",
    beneath((patient) =>
      allergyTo(patient, "twin", "Benzylpenicillin", {
        code: { coding: [INGREDIENT], text: "Benzylpenicillin" },
        verificationStatus: verification("refuted"),
      }),
    ),
    warned,
  ),
  attack(
    "a weaker twin is put in its place, and it is deleted",
    {
      steps: [
        beneath((patient) =>
          allergyTo(patient, "twin", "Benzylpenicillin", { criticality: "low" }),
        ),
        cut("AllergyIntolerance", itsAllergy),
      ],
    },
    warned,
    claimed("removed"),
  ),
  attack(
    "'no known allergy' is put beside it, and it is deleted",
    { steps: [beneath(noKnown), cut("AllergyIntolerance", itsAllergy)] },
    warned,
    claimed("removed"),
  ),
  attack(
    "it is drowned in forty harmless ones",
    async ({ database }, patient) => {
      for (let n = 0; n < 40; n += 1)
        await database.put(allergyTo(patient, `drown-${n}`, `Pollen ${n}`, { criticality: "low" }));
    },
    warned,
    ({ view }) => [
      view.banner.allergies.items[0]?.substance !== "Benzylpenicillin" &&
        "it is not the first in the banner",
    ],
  ),
];

export const allergyTricks: readonly ClinicalCase[] = [...patients, ...tricks, ...beside];
