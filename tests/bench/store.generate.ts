import type { FhirResource } from "../../shared/fhir/index.ts";

/**
 * Believable FHIR in any amount, the same for the same seed: every value, id, time and sentence varies, nothing is
 * padded. About 1.5 KB a resource, as Synthea's are.
 */
export interface Ward {
  /** All resources of a patient, type by type, as back-fill delivers them. */
  patient(
    number: number,
    resources: number,
  ): { readonly patient: string; readonly resources: FhirResource[] };
  /** `count` resources across all patients in `_lastUpdated` order: four of five new, one a new version. */
  trickle(
    patients: number,
    resources: number,
    count: number,
  ): { readonly patient: string; readonly resource: FhirResource }[];
}

type Random = () => number;

/** Mulberry32: small, fast, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const START = Date.UTC(2026, 10, 20);
const WORDS =
  `patient comfortable overnight denies pain mobilising with assistance of one wound dry dressing changed chest clear
  bilateral basal crackles abdomen soft tender right lower quadrant bowels open urine output adequate tolerating oral
  diet intravenous fluids running cannula site checked no phlebitis oxygen weaned saturations maintained family
  updated physiotherapy reviewed plan repeat bloods morning consultant round discussed escalate if temperature rises
  blood cultures sent antibiotics given as charted falls risk bed rails skin intact pressure areas relieved`.split(
    /\s+/u,
  );
const VITALS = [
  ["8867-4", "Heart rate", "Heart rate", "beats/minute", "/min", 48, 132, 0],
  ["9279-1", "Respiratory rate", "Resp. rate", "breaths/minute", "/min", 9, 31, 0],
  ["8310-5", "Body temperature", "Temperature", "degrees Celsius", "Cel", 35.2, 39.8, 1],
  [
    "59408-5",
    "Oxygen saturation in Arterial blood by Pulse oximetry",
    "SpO2",
    "percent",
    "%",
    84,
    100,
    0,
  ],
  ["2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose", "mg/dL", "mg/dL", 58, 311, 0],
  [
    "2160-0",
    "Creatinine [Mass/volume] in Serum or Plasma",
    "Creatinine",
    "mg/dL",
    "mg/dL",
    0.4,
    4.9,
    2,
  ],
  ["2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium", "mmol/L", "mmol/L", 122, 156, 0],
  ["718-7", "Hemoglobin [Mass/volume] in Blood", "Haemoglobin", "g/dL", "g/dL", 6.8, 17.4, 1],
] as const;
const DRUGS = [
  ["313782", "Acetaminophen 325 MG Oral Tablet"],
  ["308192", "Amoxicillin 500 MG Oral Tablet"],
  ["855332", "Warfarin Sodium 5 MG Oral Tablet"],
  ["197361", "Amlodipine 5 MG Oral Tablet"],
  ["860975", "Metformin hydrochloride 500 MG Extended Release Oral Tablet"],
  ["1659149", "Piperacillin 3 G / Tazobactam 375 MG Injection"],
  ["314231", "Simvastatin 10 MG Oral Tablet"],
] as const;
const FAMILIES = [
  "Haddad",
  "Khoury",
  "Mansour",
  "Nasser",
  "Saleh",
  "Qasim",
  "Rahman",
  "Younis",
  "Farah",
  "Darwish",
];
const GIVEN = [
  "Layla",
  "Omar",
  "Huda",
  "Yusuf",
  "Mariam",
  "Khalid",
  "Salma",
  "Tariq",
  "Noor",
  "Sami",
];

/** A ward drawn from a seed. */
export function ward(seed: number): Ward {
  const patient = (
    number: number,
    count: number,
  ): { patient: string; resources: FhirResource[] } => {
    const random = seeded(seed * 1_000_003 + number);
    const id = uuid(random);
    const encounter = uuid(random);
    const kinds: [number, (r: Random, at: number) => FhirResource][] = [
      [0.02, (r) => allergy(r, id, encounter)],
      [0.06, (r, at) => order(r, id, encounter, at)],
      [0.04, (r, at) => condition(r, id, encounter, at)],
      [0.76, (r, at) => observation(r, id, encounter, at)],
      [0.08, (r, at) => administration(r, id, encounter, at)],
      [0.04, (r, at) => note(r, id, encounter, at)],
    ];
    const resources: FhirResource[] = [person(random, id)];
    for (const [share, make] of kinds) {
      const many = Math.max(1, Math.round(share * count));
      for (let each = 0; each < many && resources.length < count; each++)
        resources.push(make(random, START + Math.floor((72 * 3_600_000 * each) / many)));
    }
    while (resources.length < count) resources.push(observation(random, id, encounter, START));
    resources.sort((a, b) =>
      a.resourceType < b.resourceType ? -1 : a.resourceType > b.resourceType ? 1 : 0,
    );
    return { patient: id, resources };
  };
  return {
    patient,
    trickle: (patients, resources, count) => {
      const random = seeded(seed + 77);
      const ids = new Map<number, { patient: string; resources: FhirResource[] }>();
      return Array.from({ length: count }, (_, index) => {
        const number = Math.floor(random() * patients);
        const known = ids.get(number) ?? patient(number, resources);
        ids.set(number, known);
        const at = START + 80 * 3_600_000 + index * 500;
        const old = known.resources[Math.floor(random() * known.resources.length)];
        if (random() < 0.2 && old !== undefined) {
          const version = String(Number(old.meta?.versionId ?? "1") + 1 + index);
          const newer = {
            ...old.meta,
            versionId: version,
            lastUpdated: new Date(at).toISOString(),
          };
          return { patient: known.patient, resource: { ...old, meta: newer } };
        }
        const resource = observation(random, known.patient, uuid(random), at);
        return { patient: known.patient, resource };
      });
    },
  };
}

function pick<T>(random: Random, from: readonly [T, ...T[]] | readonly T[]): T {
  const item = from[Math.floor(random() * from.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}
function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 4_294_967_296)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
function between(random: Random, low: number, high: number, decimals: number): number {
  return Number((low + random() * (high - low)).toFixed(decimals));
}
function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => pick(random, WORDS)).join(" ");
}
function meta(
  random: Random,
  at: number,
): { versionId: string; lastUpdated: string; source: string } {
  return {
    versionId: String(1 + Math.floor(random() * 3)),
    lastUpdated: new Date(at + Math.floor(random() * 3_600_000)).toISOString(),
    source: `urn:hl7:oru:${Math.floor(random() * 1e9)}`,
  };
}
function about(patient: string, encounter: string): Record<string, unknown> {
  return {
    subject: { reference: `Patient/${patient}` },
    encounter: { reference: `Encounter/${encounter}` },
  };
}
function practitioner(random: Random): { reference: string; display: string } {
  return {
    reference: `Practitioner/${uuid(random)}`,
    display: `${pick(random, GIVEN)} ${pick(random, FAMILIES)}`,
  };
}
function narrative(text: string): { status: string; div: string } {
  return {
    status: "generated",
    div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${text}</p></div>`,
  };
}

function person(random: Random, id: string): FhirResource {
  return {
    resourceType: "Patient",
    id,
    meta: meta(random, START),
    identifier: [
      { system: "urn:oid:2.16.840.1.113883.19.5", value: String(Math.floor(random() * 1e8)) },
    ],
    name: [{ family: pick(random, FAMILIES), given: [pick(random, GIVEN), pick(random, GIVEN)] }],
    gender: pick(random, ["male", "female"]),
    birthDate: new Date(Math.floor(random() * 1e12)).toISOString().slice(0, 10),
    telecom: [{ system: "phone", value: `+962 7${Math.floor(random() * 1e8)}` }],
  };
}

function allergy(random: Random, patient: string, encounter: string): FhirResource {
  const [code, display] = pick(random, DRUGS);
  return {
    resourceType: "AllergyIntolerance",
    id: uuid(random),
    meta: meta(random, START),
    clinicalStatus: {
      coding: [
        {
          system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
          code: "active",
        },
      ],
    },
    verificationStatus: {
      coding: [
        {
          system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
          code: pick(random, ["confirmed", "unconfirmed"]),
        },
      ],
    },
    criticality: pick(random, ["low", "high"]),
    code: {
      coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code, display }],
      text: display,
    },
    patient: { reference: `Patient/${patient}` },
    encounter: { reference: `Encounter/${encounter}` },
    recorder: practitioner(random),
    reaction: [
      {
        manifestation: [{ text: sentence(random, 3) }],
        severity: pick(random, ["mild", "severe"]),
        description: sentence(random, 14),
      },
    ],
    note: [{ text: sentence(random, 25) }],
  };
}

function order(random: Random, patient: string, encounter: string, at: number): FhirResource {
  const [code, display] = pick(random, DRUGS);
  const dose = between(random, 1, 4, 0);
  return {
    resourceType: "MedicationRequest",
    id: uuid(random),
    meta: meta(random, at),
    text: narrative(`${display}: ${sentence(random, 9)}`),
    status: pick(random, ["active", "active", "stopped", "completed"]),
    intent: "order",
    medicationCodeableConcept: {
      coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code, display }],
      text: display,
    },
    ...about(patient, encounter),
    authoredOn: new Date(at).toISOString(),
    requester: practitioner(random),
    reasonCode: [{ text: sentence(random, 5) }],
    dosageInstruction: [
      {
        sequence: 1,
        text: `${dose} every ${between(random, 4, 24, 0)} h, ${sentence(random, 6)}`,
        timing: { repeat: { frequency: dose, period: between(random, 4, 24, 0), periodUnit: "h" } },
        route: {
          coding: [{ system: "http://snomed.info/sct", code: "26643006", display: "Oral route" }],
        },
        doseAndRate: [{ doseQuantity: { value: dose, unit: "tablet" } }],
      },
    ],
    note: [
      {
        authorReference: practitioner(random),
        time: new Date(at).toISOString(),
        text: sentence(random, 22),
      },
    ],
  };
}

function condition(random: Random, patient: string, encounter: string, at: number): FhirResource {
  return {
    resourceType: "Condition",
    id: uuid(random),
    meta: meta(random, at),
    text: narrative(sentence(random, 20)),
    clinicalStatus: {
      coding: [
        {
          system: "http://terminology.hl7.org/CodeSystem/condition-clinical",
          code: pick(random, ["active", "resolved"]),
        },
      ],
    },
    category: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/condition-category",
            code: "encounter-diagnosis",
            display: "Encounter Diagnosis",
          },
        ],
      },
    ],
    code: {
      coding: [
        {
          system: "http://snomed.info/sct",
          code: String(Math.floor(random() * 1e9)),
          display: sentence(random, 4),
        },
      ],
      text: sentence(random, 4),
    },
    ...about(patient, encounter),
    onsetDateTime: new Date(at - Math.floor(random() * 1e11)).toISOString(),
    recordedDate: new Date(at).toISOString(),
    recorder: practitioner(random),
    note: [{ text: sentence(random, 60) }],
  };
}

function observation(random: Random, patient: string, encounter: string, at: number): FhirResource {
  const [code, display, text, unit, ucum, low, high, decimals] = pick(random, VITALS);
  const value = between(random, low, high, decimals);
  const when = new Date(at + Math.floor(random() * 1_800_000)).toISOString();
  return {
    resourceType: "Observation",
    id: uuid(random),
    meta: meta(random, at),
    text: narrative(`${text} ${value} ${unit}, taken ${when}: ${sentence(random, 8)}`),
    identifier: [{ system: "urn:oid:2.16.840.1.113883.19.5.99999", value: uuid(random) }],
    status: pick(random, ["final", "final", "final", "amended"]),
    category: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/observation-category",
            code: "vital-signs",
            display: "Vital Signs",
          },
        ],
      },
    ],
    code: { coding: [{ system: "http://loinc.org", code, display }], text },
    ...about(patient, encounter),
    effectiveDateTime: when,
    issued: new Date(at + 1_900_000).toISOString(),
    performer: [practitioner(random)],
    valueQuantity: { value, unit, system: "http://unitsofmeasure.org", code: ucum },
    interpretation: [
      {
        coding: [
          {
            system: "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            code: pick(random, ["N", "H", "L"]),
          },
        ],
      },
    ],
    device: {
      reference: `Device/${uuid(random)}`,
      display: `Monitor ${Math.floor(random() * 900)}`,
    },
    referenceRange: [
      {
        low: { value: low, unit, system: "http://unitsofmeasure.org", code: ucum },
        high: { value: high, unit, system: "http://unitsofmeasure.org", code: ucum },
      },
    ],
    note: [{ time: when, text: sentence(random, 12) }],
  };
}

function administration(
  random: Random,
  patient: string,
  encounter: string,
  at: number,
): FhirResource {
  const [code, display] = pick(random, DRUGS);
  return {
    resourceType: "MedicationAdministration",
    id: uuid(random),
    meta: meta(random, at),
    text: narrative(`${display} ${sentence(random, 10)}`),
    status: pick(random, ["completed", "completed", "not-done"]),
    medicationCodeableConcept: {
      coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code, display }],
      text: display,
    },
    subject: { reference: `Patient/${patient}` },
    context: { reference: `Encounter/${encounter}` },
    effectivePeriod: {
      start: new Date(at).toISOString(),
      end: new Date(at + Math.floor(random() * 9e5)).toISOString(),
    },
    performer: [{ actor: practitioner(random) }],
    request: { reference: `MedicationRequest/${uuid(random)}` },
    device: [{ reference: `Device/${uuid(random)}` }],
    note: [{ text: sentence(random, 40) }],
    dosage: { text: sentence(random, 6), dose: { value: between(random, 1, 900, 1), unit: "mg" } },
  };
}

function note(random: Random, patient: string, encounter: string, at: number): FhirResource {
  return {
    resourceType: "DocumentReference",
    id: uuid(random),
    meta: meta(random, at),
    status: "current",
    type: {
      coding: [{ system: "http://loinc.org", code: "34109-9", display: "Note" }],
      text: sentence(random, 2),
    },
    subject: { reference: `Patient/${patient}` },
    context: { encounter: [{ reference: `Encounter/${encounter}` }] },
    date: new Date(at).toISOString(),
    author: [practitioner(random)],
    description: sentence(random, 10),
    content: [
      {
        attachment: {
          contentType: "text/plain",
          data: Buffer.from(sentence(random, 110)).toString("base64"),
        },
      },
    ],
  };
}
