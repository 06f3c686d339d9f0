import type { AllergyIntolerance, AllergyIntoleranceReaction } from "@medplum/fhirtypes";
import { made, practitioner, subject } from "./scene.ts";
import type { Made, Scene } from "./scene.ts";
import { DAY, instant } from "./time.ts";

const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
const CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

interface Substance {
  readonly name: string;
  /** RxNorm ingredient; foods and materials have words only. */
  readonly rxnorm?: string;
  readonly category: "medication" | "food" | "environment";
  readonly reactions: readonly string[];
}

const SUBSTANCES: readonly Substance[] = [
  {
    name: "Benzylpenicillin",
    rxnorm: "7980",
    category: "medication",
    reactions: ["Anaphylaxis", "Urticaria", "Facial swelling"],
  },
  { name: "Amoxicillin", rxnorm: "723", category: "medication", reactions: ["Rash", "Urticaria"] },
  {
    name: "Sulfamethoxazole",
    rxnorm: "10180",
    category: "medication",
    reactions: ["Blistering rash", "Fever"],
  },
  {
    name: "Ibuprofen",
    rxnorm: "5640",
    category: "medication",
    reactions: ["Wheeze", "Facial swelling"],
  },
  {
    name: "Aspirin",
    rxnorm: "1191",
    category: "medication",
    reactions: ["Wheeze", "Stomach pain"],
  },
  { name: "Codeine", rxnorm: "2670", category: "medication", reactions: ["Nausea", "Itching"] },
  {
    name: "Ceftriaxone",
    rxnorm: "2193",
    category: "medication",
    reactions: ["Anaphylaxis", "Rash"],
  },
  {
    name: "Vancomycin",
    rxnorm: "11124",
    category: "medication",
    reactions: ["Flushing", "Low blood pressure"],
  },
  { name: "Peanut", category: "food", reactions: ["Anaphylaxis", "Lip swelling"] },
  { name: "Shellfish", category: "food", reactions: ["Urticaria", "Vomiting"] },
  { name: "Natural rubber latex", category: "environment", reactions: ["Contact rash", "Wheeze"] },
];

type Criticality = NonNullable<AllergyIntolerance["criticality"]>;

/** What is known of allergies: some listed, some "no known allergy", and for some patients nobody has asked. */
export function makeAllergies(scene: Scene): Made[] {
  const { random } = scene;
  const state = random.next();
  if (state < 0.12) return [];
  if (state < 0.42) return [makeNoKnownAllergy(scene)];
  return random
    .some(SUBSTANCES, random.pick([1, 1, 1, 2, 2, 3]))
    .map((substance) => makeAllergy(scene, substance));
}

function makeAllergy(scene: Scene, substance: Substance): Made {
  const { random, admitted } = scene;
  const recorded = admitted - random.int(0, 2000) * DAY;
  const manifestations = random.some(substance.reactions, random.int(1, 2));
  const severe = manifestations.includes("Anaphylaxis");
  const criticality: Criticality = severe
    ? "high"
    : random.pick(["low", "low", "high", "unable-to-assess"]);
  const reaction: AllergyIntoleranceReaction = {
    manifestation: manifestations.map((text) => ({ text })),
    severity: severe ? "severe" : random.pick(["mild", "moderate"]),
  };
  return made(
    scene,
    {
      resourceType: "AllergyIntolerance",
      id: random.uuid(),
      clinicalStatus: concept(CLINICAL, "active"),
      verificationStatus: concept(VERIFICATION, random.chance(0.8) ? "confirmed" : "unconfirmed"),
      type: "allergy",
      category: [substance.category],
      criticality,
      code: {
        ...(substance.rxnorm !== undefined && {
          coding: [{ system: RXNORM, code: substance.rxnorm, display: substance.name }],
        }),
        text: substance.name,
      },
      patient: subject(scene),
      recordedDate: instant(recorded),
      recorder: practitioner(random.pick(scene.doctors)),
      reaction: [reaction],
    },
    recorded,
  );
}

function makeNoKnownAllergy(scene: Scene): Made {
  const { random, admitted } = scene;
  return made(
    scene,
    {
      resourceType: "AllergyIntolerance",
      id: random.uuid(),
      clinicalStatus: concept(CLINICAL, "active"),
      verificationStatus: concept(VERIFICATION, "confirmed"),
      code: {
        coding: [
          { system: "http://snomed.info/sct", code: "716186003", display: "No known allergy" },
        ],
        text: "No known allergy",
      },
      patient: subject(scene),
      recordedDate: instant(admitted),
      recorder: practitioner(random.pick(scene.nurses)),
    },
    admitted,
  );
}

function concept(system: string, code: string) {
  return { coding: [{ system, code }] };
}
