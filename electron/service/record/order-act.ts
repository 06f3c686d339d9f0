import type { DoseUnit, OrderedDose, OrderRoute } from "../../../shared/contract/index.ts";
import { conceptOf, type OrderedMedicine } from "../../../shared/clinical/index.ts";
import { UCUM, type FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM, type Act } from "../../../shared/trust/index.ts";
import { resourceUuid } from "./act-ids.ts";

const ORDER = "order";
const CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category";
export const ROUTES = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration";

/** UCUM codes of the units a dose is ordered in. */
const UNITS: Readonly<Record<DoseUnit, string>> = {
  mg: "mg",
  g: "g",
  mcg: "ug",
  mL: "mL",
  units: "[iU]",
  mmol: "mmol",
  tablet: "{tbl}",
  puff: "{puff}",
  drop: "[drp]",
};

/**
 * Code and display of HL7 v3 RouteOfAdministration, as FHIR R4 publishes it (version 2018-08-12); compared with it in
 * `order-act.test.ts`.
 */
export const ROUTE_CODES: Readonly<Record<OrderRoute, readonly [code: string, display: string]>> = {
  oral: ["PO", "Swallow, oral"],
  sublingual: ["SL", "Dissolve, sublingual"],
  intravenous: ["IVINJ", "Injection, intravenous"],
  intramuscular: ["IM", "Injection, intramuscular"],
  subcutaneous: ["SQ", "Injection, subcutaneous"],
  inhaled: ["IPINHL", "Inhalation, respiratory"],
  rectal: ["PR", "Insertion, rectal"],
};

export interface OrderActInput extends OrderedDose {
  readonly uuid: string;
  readonly patient: string;
  readonly encounter: string | null;
  readonly author: string;
  readonly workstation: string;
  /** Instant and offset. */
  readonly at: string;
  readonly medicine: OrderedMedicine;
  /** Why it was ordered in spite of a stop, and the records that stopped. */
  readonly override: { readonly reason: string; readonly allergies: readonly string[] } | null;
}

/** An order as one act with one MedicationRequest (FHIR R4): active, an order, hers. */
export function makeOrderAct(input: OrderActInput): Act {
  const id = resourceUuid(input.uuid, ORDER);
  const { override } = input;
  const resource: FhirResource = {
    resourceType: "MedicationRequest",
    id,
    identifier: [
      { system: ACT_SYSTEM, value: id },
      { system: ACT_SET_SYSTEM, value: input.uuid },
    ],
    status: "active",
    intent: "order",
    category: [{ coding: [{ system: CATEGORY, code: "inpatient" }] }],
    medicationCodeableConcept: conceptOf(input.medicine),
    subject: { reference: `Patient/${input.patient}` },
    ...(input.encounter !== null && { encounter: { reference: `Encounter/${input.encounter}` } }),
    authoredOn: input.at,
    requester: { reference: `Practitioner/${input.author}` },
    ...(input.reason !== "" && { reasonCode: [{ text: input.reason }] }),
    dosageInstruction: [dosageOf(input)],
    ...(override !== null && {
      note: [
        {
          text: `Ordered in spite of ${override.allergies.map((one) => `AllergyIntolerance/${one}`).join(", ")}: ${override.reason}`,
        },
      ],
    }),
  };
  return {
    v: 1,
    uuid: input.uuid,
    kind: ORDER,
    patient: input.patient,
    author: input.author,
    workstation: input.workstation,
    at: input.at,
    entries: [{ resource, base: null }],
  };
}

function dosageOf({ dose, route, frequency, start, end }: OrderedDose): object {
  const bounds = { boundsPeriod: { start, ...(end !== null && { end }) } };
  const quantity = { value: dose.value, unit: dose.unit, system: UCUM, code: UNITS[dose.unit] };
  const [code, display] = ROUTE_CODES[route];
  const common = {
    route: { coding: [{ system: ROUTES, code, display }], text: route },
    doseAndRate: [{ doseQuantity: quantity }],
  };
  if (frequency.kind === "times") {
    const timeOfDay = frequency.times.map((time) => `${time}:00`);
    return {
      timing: {
        repeat: { ...bounds, frequency: timeOfDay.length, period: 1, periodUnit: "d", timeOfDay },
      },
      ...common,
    };
  }
  const { most, reason } = frequency;
  return {
    // Whoever reads no more than the text must not miss that there is a most.
    text: `${dose.value} ${dose.unit} ${route} if needed for ${reason}; at most ${most} in 24 hours`,
    timing: {
      repeat: {
        ...bounds,
        frequency: 1,
        ...(most > 1 && { frequencyMax: most }),
        period: 1,
        periodUnit: "d",
      },
    },
    asNeededCodeableConcept: { text: reason },
    ...common,
    maxDosePerPeriod: {
      numerator: { ...quantity, value: Number((dose.value * most).toPrecision(12)) },
      denominator: { value: 1, unit: "d", system: UCUM, code: "d" },
    },
  };
}
