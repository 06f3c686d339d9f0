import type { Observation, Quantity } from "@medplum/fhirtypes";
import { LOINC, OBSERVATION_CATEGORY, UCUM } from "../../../shared/fhir/index.ts";
import { encounter, made, practitioner, subject } from "./scene.ts";
import type { Course, Made, Scene } from "./scene.ts";
import { HOUR, MINUTE, instant } from "./time.ts";

interface Physiology {
  rate: number;
  spo2: number;
  flow: number;
  systolic: number;
  pulse: number;
  temperature: number;
  /** Position on the scale alert, confused, voice, pain, unresponsive. */
  drowsy: number;
}

/** What each course adds to a well adult's values when it is at its worst. */
const WORST: Record<Course, Physiology> = {
  stable: { rate: 1, spo2: 0, flow: 0, systolic: 6, pulse: 3, temperature: 0.1, drowsy: 0 },
  recovering: { rate: 7, spo2: -4, flow: 2, systolic: -14, pulse: 24, temperature: 1.6, drowsy: 0 },
  deteriorating: {
    rate: 11,
    spo2: -7,
    flow: 6,
    systolic: -38,
    pulse: 44,
    temperature: 1.2,
    drowsy: 1.6,
  },
  septic: { rate: 9, spo2: -4, flow: 3, systolic: -30, pulse: 38, temperature: 2.2, drowsy: 1.1 },
  breathless: { rate: 8, spo2: -6, flow: 2, systolic: 10, pulse: 16, temperature: 0.2, drowsy: 0 },
};

/** How bad it is, 0 to 1, `hours` before now. */
function severity(course: Course, hours: number): number {
  switch (course) {
    case "stable":
      return 1;
    case "recovering":
      return Math.min(1, Math.max(0.05, (hours - 6) / 60));
    case "deteriorating":
      return hours > 14 ? 0.12 : 0.12 + 0.88 * (1 - hours / 14) ** 1.3;
    case "septic":
      return hours > 30 ? 0.2 : 0.35 + 0.5 * Math.sin(((30 - hours) / 30) * Math.PI * 0.85);
    case "breathless":
      return 0.6 + 0.3 * Math.sin(hours / 7);
  }
}

const AVPU = [
  ["A", "Alert"],
  ["C", "Confusion"],
  ["V", "Voice"],
  ["P", "Pain"],
  ["U", "Unresponsive"],
] as const;
/** The demo HIS's own codes for ACVPU, beside the text. */
const ACVPU_SYSTEM = "urn:amanah:acvpu";

/** 72 h of vital signs since admission: a set about every three hours, hourly while a patient is going downhill. */
export function makeVitals(scene: Scene): Made[] {
  const { random } = scene;
  const own: Baseline = {
    rate: 15.5 + random.normal(0, 1.6),
    spo2: Math.min(98.5, 96.8 + random.normal(0, 1.2)),
    systolic: 122 + random.normal(0, 11),
    pulse: 77 + random.normal(0, 9),
  };
  return setTimes(scene).flatMap((at) => makeSet(scene, own, at));
}

function setTimes(scene: Scene): number[] {
  const { random, now, admitted, course } = scene;
  const times: number[] = [];
  let at = Math.max(admitted + 20 * MINUTE, now - 72 * HOUR);
  while (at < now - 5 * MINUTE) {
    times.push(at);
    const watched = (course === "deteriorating" || course === "septic") && now - at < 8 * HOUR;
    const gap = watched ? 1 : 2.8;
    at += gap * HOUR + random.int(-12, 18) * MINUTE;
  }
  return times;
}

/** Nobody is the textbook's well adult: what is usual for this one. */
type Baseline = Pick<Physiology, "rate" | "spo2" | "systolic" | "pulse">;

function physiology(scene: Scene, own: Baseline, at: number): Physiology {
  const { random, age } = scene;
  const by = severity(scene.course, (scene.now - at) / HOUR);
  const worst = WORST[scene.course];
  const child = Math.max(0, 16 - age);
  const vary = (base: number, change: number, deviation: number): number =>
    random.normal(base + change * by, deviation);
  const flow = worst.flow * by;
  return {
    rate: vary(own.rate + child * 0.6, worst.rate, 0.9),
    spo2: Math.min(100, vary(own.spo2, worst.spo2, 0.7)),
    flow: flow < 0.9 ? 0 : Math.round(flow * 2) / 2,
    systolic: vary(own.systolic + Math.min(20, age / 5) - child * 3, worst.systolic, 5),
    pulse: vary(own.pulse + child * 2.5, worst.pulse, 4),
    temperature: vary(36.7, worst.temperature, 0.2),
    drowsy: worst.drowsy * by + (random.chance(0.02) ? 1 : 0),
  };
}

function makeSet(scene: Scene, own: Baseline, at: number): Made[] {
  const { random } = scene;
  const body = physiology(scene, own, at);
  const nurse = random.pick(scene.nurses);
  const [code, text] = AVPU[Math.min(4, Math.max(0, Math.round(body.drowsy)))] ?? AVPU[0];
  const systolic = Math.round(body.systolic);
  const parts: Pick<
    Observation,
    "code" | "valueQuantity" | "valueCodeableConcept" | "component"
  >[] = [
    {
      code: loinc("9279-1", "Respiratory rate"),
      valueQuantity: quantity(Math.round(body.rate), "breaths/min", "/min"),
    },
    {
      code: loinc("59408-5", "Oxygen saturation by pulse oximetry"),
      valueQuantity: quantity(Math.round(body.spo2), "%", "%"),
    },
    {
      code: loinc("3151-8", "Inhaled oxygen flow rate"),
      valueQuantity: quantity(body.flow, "L/min", "L/min"),
    },
    {
      code: loinc("85354-9", "Blood pressure panel"),
      component: [
        {
          code: loinc("8480-6", "Systolic blood pressure"),
          valueQuantity: quantity(systolic, "mmHg", "mm[Hg]"),
        },
        {
          code: loinc("8462-4", "Diastolic blood pressure"),
          valueQuantity: quantity(
            Math.round(systolic * 0.48 + random.normal(18, 3)),
            "mmHg",
            "mm[Hg]",
          ),
        },
      ],
    },
    {
      code: loinc("8867-4", "Heart rate"),
      valueQuantity: quantity(Math.round(body.pulse), "beats/min", "/min"),
    },
    {
      code: loinc("67775-7", "Level of responsiveness"),
      valueCodeableConcept: { coding: [{ system: ACVPU_SYSTEM, code, display: text }], text },
    },
    {
      code: loinc("8310-5", "Body temperature"),
      valueQuantity: quantity(Math.round(body.temperature * 10) / 10, "°C", "Cel"),
    },
  ];
  // As in life: now and then a nurse is called away before the set is whole.
  if (random.chance(0.05)) parts.splice(random.pick([5, 6]), 1);
  return parts.map((part) =>
    made(
      scene,
      {
        resourceType: "Observation",
        id: random.uuid(),
        status: "final",
        category: [
          {
            coding: [{ system: OBSERVATION_CATEGORY, code: "vital-signs", display: "Vital Signs" }],
          },
        ],
        subject: subject(scene),
        encounter: encounter(scene),
        effectiveDateTime: instant(at),
        performer: [practitioner(nurse)],
        ...part,
      },
      at,
    ),
  );
}

function loinc(code: string, text: string) {
  return { coding: [{ system: LOINC, code, display: text }], text };
}

function quantity(value: number, unit: string, ucum: string): Quantity {
  return { value, unit, system: UCUM, code: ucum };
}
