import type { WardBoard } from "../../../shared/contract/index.ts";
import { PATIENT_TYPES, type FhirResource } from "../../../shared/fhir/index.ts";
import type { ChartReader } from "../store/index.ts";
import { CARD_VERSION, type Card } from "./card.ts";
import type { Sources } from "./sources.ts";
import { wardBoard } from "./ward-board.ts";

const NOW = "2026-01-01T12:00:00Z";
const SOON = "2026-01-01T12:30:00Z";
const EARLIER = "2026-01-01T08:00:00Z";

const reading = (id: string, at: string): Card["readings"][number] => ({
  id,
  ours: null,
  at,
  encounter: "stay",
  performer: null,
  performerText: null,
  updated: null,
  values: {
    respiratoryRate: 16,
    spo2: 97,
    oxygenFlow: 0,
    systolic: 120,
    diastolic: 80,
    pulse: 70,
    consciousness: "A",
    temperature: 37,
  },
});

const card: Card = {
  v: CARD_VERSION,
  patient: {
    name: { family: "Nobody", given: "Nemo" },
    birthDate: "1970-01-01",
    sex: "unknown",
    identifier: "0",
    deceased: false,
  },
  replaces: [],
  allergies: { harmful: 1, high: false, noneKnown: false },
  orders: [
    {
      id: "order",
      schedules: [
        {
          events: [Date.parse(SOON)],
          times: [],
          days: null,
          interval: null,
          start: null,
          ordered: null,
          end: null,
          count: null,
        },
      ],
    },
  ],
  doubled: [],
  answers: [{ order: "order", at: EARLIER, given: true }],
  readings: [reading("later", NOW), reading("earlier", EARLIER)],
  older: false,
  pregnantByCondition: [],
  pregnantByObservation: [],
  scaleByFlag: null,
  scaleByObservation: null,
  holds: 0,
  marks: [],
};

const place = (id: string, kind: string, partOf?: string): FhirResource => ({
  resourceType: "Location",
  id,
  name: id,
  physicalType: { coding: [{ code: kind }] },
  ...(partOf !== undefined && { partOf: { reference: `Location/${partOf}` } }),
});

/** What a board reads of a chart, with one patient in it. */
const chart = {
  placements: () => [{ patient: "nobody", encounter: "stay", ward: "ward", location: "bed" }],
  card: () => card,
  cards: () => new Map([["nobody", card]]),
  resources: () => ({ resources: [place("ward", "wa"), place("bed", "bd", "ward")], lost: [] }),
  sections: (patient: string) =>
    PATIENT_TYPES.map((type) => ({ patient, type, loaded: true, asOf: NOW, damaged: false })),
  unreadable: () => [],
};

/**
 * Reads the board of a ward that is made up, so that nobody's sign-in waits for this thread to compile what the first board
 * takes. Answers that board: a row for nobody.
 */
export function rehearse(): WardBoard {
  const sources: Sources = {
    // Another question than these fails, and `rehearsal.test.ts` with it.
    chart: chart as unknown as ChartReader,
    acts: {
      act: () => null,
      orderActs: () => [],
      unsentActs: () => [],
      newestActs: () => [],
      settledActs: () => [],
      unsentByPatient: () => new Map(),
    },
    now: NOW,
  };
  return wardBoard(sources, undefined);
}
