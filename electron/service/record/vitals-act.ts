import {
  LOINC,
  OBSERVATION_CATEGORY,
  VITAL_CODES,
  type FhirResource,
} from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import type { VitalValues } from "../../../shared/contract/index.ts";
import { resourceUuid } from "./act-ids.ts";
import { consciousnessValue, quantityOf } from "./vital-values.ts";

/** LOINC display names. */
const SINGLE = {
  respiratoryRate: "Respiratory rate",
  spo2: "Oxygen saturation in Arterial blood by Pulse oximetry",
  oxygenFlow: "Inhaled oxygen flow rate",
  pulse: "Heart rate",
  temperature: "Body temperature",
} as const;
const SINGLE_NAMES = ["respiratoryRate", "spo2", "oxygenFlow", "pulse", "temperature"] as const;

export interface VitalsActInput {
  readonly uuid: string;
  readonly patient: string;
  /** The stay it belongs to, as this PC knows it. */
  readonly encounter: string | null;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset. */
  readonly at: string;
  readonly values: VitalValues;
}

const loinc = (code: string, display: string) => ({
  coding: [{ system: LOINC, code, display }],
  text: display,
});

/**
 * A set of vitals as one act: an Observation a parameter (FHIR R4 vital signs profile), blood pressure as a panel. What was
 * not taken is not in it. Resource ids come from the act's uuid, so that the same save is the same act, byte for byte.
 */
export function makeVitalsAct(input: VitalsActInput): Act {
  const { values } = input;
  const observation = (name: string, parts: Record<string, unknown>): FhirResource => {
    const id = resourceUuid(input.uuid, name);
    return {
      resourceType: "Observation",
      id,
      identifier: [
        { system: ACT_SYSTEM, value: id },
        { system: ACT_SET_SYSTEM, value: input.uuid },
      ],
      status: "final",
      category: [{ coding: [{ system: OBSERVATION_CATEGORY, code: "vital-signs" }] }],
      subject: { reference: `Patient/${input.patient}` },
      ...(input.encounter !== null && {
        encounter: { reference: `Encounter/${input.encounter}` },
      }),
      effectiveDateTime: input.at,
      performer: [{ reference: `Practitioner/${input.author}` }],
      ...parts,
    };
  };

  const resources: FhirResource[] = [];
  for (const name of SINGLE_NAMES) {
    const value = values[name];
    if (value === null) continue;
    resources.push(
      observation(name, {
        code: loinc(VITAL_CODES[name][0], SINGLE[name]),
        valueQuantity: quantityOf(name, value),
      }),
    );
  }
  const pressures = (["systolic", "diastolic"] as const).flatMap((name) => {
    const value = values[name];
    if (value === null) return [];
    const display = name === "systolic" ? "Systolic blood pressure" : "Diastolic blood pressure";
    return [
      {
        code: loinc(VITAL_CODES[name][0], display),
        valueQuantity: quantityOf(name, value),
      },
    ];
  });
  if (pressures.length > 0) {
    resources.push(
      observation("bloodPressure", {
        code: loinc(
          VITAL_CODES.bloodPressure[0],
          "Blood pressure panel with all children optional",
        ),
        component: pressures,
      }),
    );
  }
  if (values.consciousness !== null) {
    resources.push(
      observation("consciousness", {
        code: loinc(VITAL_CODES.consciousness[0], "Level of responsiveness"),
        valueCodeableConcept: consciousnessValue(values.consciousness),
      }),
    );
  }
  return {
    v: 1,
    uuid: input.uuid,
    kind: "vitals",
    patient: input.patient,
    author: input.author,
    workstation: input.workstation,
    at: input.at,
    entries: resources.map((resource) => ({ resource, base: null })),
  };
}
