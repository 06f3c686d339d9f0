import type { ClinicalCase } from "./case.ts";
import { allergy, attack, beneath, cut, itsAllergy } from "./case.ts";
import { ABSENT, clinical, DUST, INGREDIENT, NONE_KNOWN, RXNORM, verification } from "./record.ts";
import { claimed, noted, warned } from "./shown.ts";

/** Every way by which an allergy can vanish or weaken in plain FHIR, done beneath the HIS's API: no author, no validation. */
const ways: readonly ClinicalCase[] = [
  attack(
    "the allergy is deleted",
    cut("AllergyIntolerance", itsAllergy),
    warned,
    claimed("removed"),
  ),
  attack(
    "the allergy is said to be entered in error",
    beneath(allergy({ verificationStatus: verification("entered-in-error") })),
    warned,
    claimed("entered-in-error"),
  ),
  attack(
    "the allergy is refuted",
    beneath(allergy({ verificationStatus: verification("refuted") })),
    warned,
    claimed("refuted"),
  ),
  attack(
    "the allergy is only unconfirmed any more",
    beneath(allergy({ verificationStatus: verification("unconfirmed") })),
    warned,
    claimed("less-certain"),
  ),
  attack(
    "the allergy is confirmed and refuted at once",
    beneath(
      allergy({
        verificationStatus: {
          coding: [...verification("confirmed").coding, ...verification("refuted").coding],
        },
      }),
    ),
    warned,
    claimed("refuted"),
  ),
  attack(
    "the allergy is inactive",
    beneath(allergy({ clinicalStatus: clinical("inactive") })),
    warned,
    claimed("no-longer-active"),
  ),
  attack(
    "the allergy is resolved",
    beneath(allergy({ clinicalStatus: clinical("resolved") })),
    warned,
    claimed("no-longer-active"),
  ),
  attack(
    "its criticality is lowered",
    beneath(allergy({ criticality: "low" })),
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "its criticality is left out",
    beneath(allergy({ criticality: undefined })),
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "its criticality cannot be assessed any more",
    beneath(allergy({ criticality: "unable-to-assess" })),
    warned,
    claimed("criticality-lowered"),
  ),
  attack(
    "its reaction is mild",
    beneath(
      allergy({ reaction: [{ manifestation: [{ text: "Anaphylaxis" }], severity: "mild" }] }),
    ),
    warned,
    claimed("severity-lowered"),
  ),
  attack(
    "its reaction is gone",
    beneath(allergy({ reaction: [] })),
    warned,
    claimed("reaction-removed"),
  ),
  attack(
    "its reaction is another",
    beneath(allergy({ reaction: [{ manifestation: [{ text: "Itch" }], severity: "severe" }] })),
    warned,
    claimed("reaction-removed"),
  ),
  attack(
    "it is an intolerance and no allergy",
    beneath(allergy({ type: "intolerance" })),
    warned,
    claimed("less-certain"),
  ),
  attack(
    "it is no medicine's allergy any more",
    beneath(allergy({ category: ["environment"] })),
    warned,
    claimed("category-removed"),
  ),
  attack(
    "the note about what happened is gone",
    beneath(allergy({ note: [] })),
    warned,
    claimed("note-removed"),
    noted,
  ),
];

/** What it is an allergy to. */
const codes: readonly ClinicalCase[] = [
  attack(
    "its code becomes a broader one",
    beneath(allergy({ code: { text: "Medicine" } })),
    warned,
    claimed("re-coded"),
  ),
  attack("its code becomes an unrelated one", beneath(allergy(DUST)), warned, claimed("re-coded")),
  attack(
    "its code stays and its system is another",
    beneath(
      allergy({
        code: { coding: [{ ...INGREDIENT, system: "urn:other:codes" }], text: "Benzylpenicillin" },
      }),
    ),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "what is displayed disagrees with the code",
    beneath(
      allergy({ code: { coding: [{ ...INGREDIENT, display: "Vitamin C" }], text: "Vitamin C" } }),
    ),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "the code disagrees with what is displayed",
    beneath(
      allergy({
        code: {
          coding: [{ system: RXNORM, code: "1151", display: "Benzylpenicillin" }],
          text: "Benzylpenicillin",
        },
      }),
    ),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "'no known allergy' is put before its code, in the same record",
    beneath(allergy({ code: { coding: [NONE_KNOWN, INGREDIENT], text: NONE_KNOWN.display } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "it becomes 'no known allergy' itself",
    beneath(allergy({ code: { coding: [NONE_KNOWN], text: NONE_KNOWN.display } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "its words are written with look-alike letters",
    beneath(allergy({ code: { text: "Веnzуlреniсillin" } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "its words are turned round by bidi controls",
    beneath(allergy({ code: { coding: [INGREDIENT], text: "\u202Enillicineplyzneb\u202C" } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "its words hold letters that nobody sees",
    beneath(allergy({ code: { text: "Ben\u200Bzyl\u2060peni\u00ADcillin" } })),
    warned,
    claimed("re-coded"),
  ),
  attack(
    "its code is said to be unknown by an extension",
    beneath(allergy({ _code: ABSENT })),
    warned,
    claimed("modifier"),
  ),
];

export const allergyWays: readonly ClinicalCase[] = [...ways, ...codes];
