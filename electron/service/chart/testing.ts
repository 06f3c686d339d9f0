/**
 * A small hospital in memory for the chart's tests: the store's interface, with cards kept as the store keeps them.
 * Never shipped.
 */
import { randomUUID } from "node:crypto";
import type { VitalValues } from "../../../shared/contract/index.ts";
import { LOINC, PATIENT_TYPES, VITAL_CODES } from "../../../shared/fhir/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { Act } from "../../../shared/trust/index.ts";
import type { ActRow, ActRowState, ChartReader, PlacementRow } from "../store/index.ts";
import { makeCard } from "./card.ts";
import type { Sources } from "./sources.ts";

export const NOW = "2026-11-23T20:00:00+03:00";
export const WARD = "ward-1";
const AS_OF = "2026-11-23T16:59:00Z";

/** The Location id of a bed. */
export const bed = (name: string): string => name.toLowerCase().replace(" ", "-");

export const patient = (id: string): FhirResource => ({
  resourceType: "Patient",
  id,
  gender: "female",
  birthDate: "1960-05-01",
  name: [{ use: "official", family: `Family ${id}`, given: ["Given"] }],
  identifier: [
    {
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }] },
      value: `MRN-${id}`,
    },
  ],
});

export const allergy = (criticality: string): FhirResource => ({
  resourceType: "AllergyIntolerance",
  id: `allergy-${criticality}`,
  criticality,
  code: { text: "Penicillin" },
});

export const order = (id: string, timeOfDay: string): FhirResource => ({
  resourceType: "MedicationRequest",
  id,
  status: "active",
  intent: "order",
  authoredOn: "2026-11-23T09:00:00+03:00",
  medicationCodeableConcept: { text: "Paracetamol 1 g" },
  dosageInstruction: [
    { timing: { repeat: { frequency: 1, period: 1, periodUnit: "d", timeOfDay: [timeOfDay] } } },
  ],
});

const WELL: Omit<VitalValues, "diastolic"> = {
  respiratoryRate: 16,
  spo2: 98,
  oxygenFlow: 0,
  systolic: 120,
  pulse: 70,
  temperature: 37,
  consciousness: "A",
};

/** A whole set of a well adult with some values changed: seven Observations, the respiratory rate first. */
export function vitals(at: string, change: Partial<typeof WELL>): FhirResource[] {
  const values = { ...WELL, ...change };
  const names = [
    "respiratoryRate",
    "spo2",
    "oxygenFlow",
    "systolic",
    "pulse",
    "temperature",
    "consciousness",
  ] as const;
  const valueOf = (name: (typeof names)[number]): object =>
    name === "consciousness"
      ? {
          valueCodeableConcept: {
            coding: [{ system: "urn:amanah:acvpu", code: values.consciousness }],
          },
        }
      : { valueQuantity: { value: values[name] } };
  return names.map((name) => {
    const observation = {
      resourceType: "Observation",
      id: `${at.replaceAll(/\W/gu, "")}-${name}`,
      status: "final",
      code: { coding: [{ system: LOINC, code: VITAL_CODES[name][0] }] },
      effectiveDateTime: at,
      performer: [{ reference: "Practitioner/n1" }],
    };
    return Object.assign(observation, valueOf(name));
  });
}

/** A set as this PC would have charted it. */
export function vitalsAct(who: string, at: string, change: Partial<typeof WELL>): Act {
  return {
    v: 1,
    uuid: randomUUID(),
    kind: "vitals",
    patient: who,
    author: "n1",
    workstation: "pc-1",
    at,
    entries: vitals(at, change).map((resource) => {
      const id = randomUUID();
      const ours = { id, identifier: [{ system: ACT_SYSTEM, value: id }] };
      return { resource: Object.assign(resource, ours), base: null };
    }),
  };
}

export const actRow = (act: Act, state: ActRowState): ActRow => ({
  seq: 1,
  uuid: act.uuid,
  kind: "vitals",
  patient: act.patient,
  author: act.author,
  at: act.at,
  queuedAt: Date.parse(act.at),
  state,
  attempts: 0,
  nextAttempt: null,
  reason: null,
  acknowledgedAt: null,
  body: JSON.stringify({ act, signature: "s" }),
  stored: null,
  why: null,
  about: null,
  base: null,
  theirs: null,
});

const unsent = ({ state }: ActRow): boolean => state !== "acknowledged" && state !== "settled";

export interface MemoryHospital {
  readonly acts: ActRow[];
  readonly cards: Map<string, unknown>;
  place(patient: string, location: string | null): void;
  /** Places a patient and loads everything there is of him. */
  admit(person: FhirResource, location: string | null, record?: readonly FhirResource[]): void;
  apply(patient: string, upserts: readonly FhirResource[]): void;
  unload(patient: string, type: string): void;
  damage(patient: string, type: string): void;
  unreadable(patient: string, type: string): void;
  sources(): Sources;
}

export function memoryHospital(
  /** `unasked`: the HIS has not said yet who lies where. */
  options: { readonly beds?: readonly string[]; readonly unasked?: boolean } = {},
): MemoryHospital {
  const records = new Map<string, Map<string, FhirResource>>();
  const placed: PlacementRow[] = [];
  const acts: ActRow[] = [];
  const cards = new Map<string, unknown>();
  const loaded = new Set<string>();
  const damaged = new Set<string>();
  if (options.unasked !== true) loaded.add(" Encounter");
  const bad: { patient: string; type: string }[] = [];

  const recordOf = (id: string): Map<string, FhirResource> => {
    const held = records.get(id) ?? new Map<string, FhirResource>();
    records.set(id, held);
    return held;
  };
  const list = (id: string, type: string): FhirResource[] =>
    [...(records.get(id)?.values() ?? [])].filter((one) => one.resourceType === type);
  const apply = (id: string, upserts: readonly FhirResource[]): void => {
    for (const one of upserts) recordOf(id).set(`${one.resourceType}/${one.id}`, one);
    const card = makeCard(cards.get(id) ?? null, { upserts, removed: [] }, (type) =>
      list(id, type),
    );
    cards.set(id, JSON.parse(JSON.stringify(card)));
  };

  const ward = (name: string, id: string, kind: string, partOf: string | null): FhirResource => ({
    resourceType: "Location",
    id,
    name,
    alias: kind === "wa" ? ["باطنية 1"] : [],
    physicalType: { coding: [{ code: kind }] },
    ...(partOf !== null && { partOf: { reference: `Location/${partOf}` } }),
  });
  const shared = [
    ward("Medical 1", WARD, "wa", null),
    ward("Room 1", "room-1", "ro", WARD),
    ...(options.beds ?? ["Bed 1"]).map((name) => ward(name, bed(name), "bd", "room-1")),
    {
      resourceType: "Practitioner",
      id: "n1",
      name: [{ family: "Saleh", given: ["Noor"], prefix: ["Dr."] }],
    },
  ];
  for (const one of shared) recordOf("").set(`${one.resourceType}/${one.id}`, one);

  const chart: ChartReader = {
    placements: (of) => placed.filter((one) => of === undefined || one.ward === of),
    placement: (id) => placed.find((one) => one.patient === id) ?? null,
    card: (id) => cards.get(id) ?? null,
    cards: (ids) => new Map(ids.filter((id) => cards.has(id)).map((id) => [id, cards.get(id)])),
    resources: (id, type) => ({ resources: list(id, type), damaged: 0 }),
    heldIds: (id) =>
      [...(records.get(id)?.values() ?? [])].map((one) => ({ type: one.resourceType, id: one.id })),
    patient: (id) =>
      new Map(
        [...new Set([...(records.get(id)?.values() ?? [])].map((one) => one.resourceType))].map(
          (type) => [type, { resources: list(id, type), damaged: 0 }],
        ),
      ),
    sections: (id) =>
      PATIENT_TYPES.filter((type) => loaded.has(`${id} ${type}`)).map((type) => ({
        patient: id,
        type,
        loaded: true,
        asOf: AS_OF,
        damaged: damaged.has(`${id} ${type}`),
      })),
    unreadable: (id) =>
      bad
        .filter((one) => one.patient === id)
        .map(({ patient: of, type }) => ({
          patient: of,
          type,
          id: "bad",
          reason: "no code",
          text: null,
          at: 0,
        })),
    typeAsOf: () => new Map(),
    patients: () => [...records.keys()],
    countByType: () => new Map(),
    count: () => ({ patients: records.size, resources: 0 }),
    *verifying() {
      yield;
      return { chunks: 0, damaged: 0 };
    },
    verify: () => ({ chunks: 0, damaged: 0 }),
    close: () => {},
  };

  const place = (id: string, location: string | null): void => {
    placed.push({ patient: id, encounter: `stay-${id}`, ward: WARD, location });
  };
  return {
    acts,
    cards,
    place,
    admit(person, location, record = []) {
      place(person.id, location);
      for (const type of PATIENT_TYPES) loaded.add(`${person.id} ${type}`);
      apply(person.id, [person, ...record]);
    },
    apply,
    unload: (id, type) => void loaded.delete(`${id} ${type}`),
    damage: (id, type) => void damaged.add(`${id} ${type}`),
    unreadable: (id, type) => void bad.push({ patient: id, type }),
    sources: () => ({
      chart,
      acts: {
        unsentActs: (after, limit) =>
          acts.filter((row) => unsent(row) && row.seq > after).slice(0, limit),
        newestActs: (of, limit) =>
          acts
            .filter((row) => row.patient === of)
            .toReversed()
            .slice(0, limit),
        settledActs: (limit) => acts.filter(({ state }) => state === "settled").slice(0, limit),
        unsentByPatient: () =>
          new Map(
            [...Map.groupBy(acts.filter(unsent), (row) => row.patient)].map(([of, rows]) => [
              of,
              rows.length,
            ]),
          ),
        act: (uuid) => acts.find((row) => row.uuid === uuid) ?? null,
        orderActs: () => acts.filter(({ kind }) => kind === "order"),
      },
      now: NOW,
    }),
  };
}
