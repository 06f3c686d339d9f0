import { change } from "./case.ts";
import type { ClinicalCase } from "./case.ts";
import { altered, heldOrder, orderedOf, orders } from "./ordering.ts";
import { canBeGiven, notHeld } from "./shown.ts";
import type { Judgement } from "./shown.ts";
import { chart, DOCTOR, stored } from "./signing.ts";

const arrived: Judgement = (shown) => [
  ...canBeGiven(orderedOf(shown.patient))(shown),
  shown.view.orderedHere.length > 0 && "it is said to wait here still",
  shown.view.medicines.filter(({ id }) => id === orderedOf(shown.patient)).length !== 1 &&
    "it is not there once",
];
const quiet: Judgement = ({ alarms }) => [alarms.length > 0 && `alarms: ${alarms.join()}`];
const hers: Judgement = ({ view, patient }) => [
  view.standings[`MedicationRequest/${orderedOf(patient)}`] !== "verified" && "not verified",
];
const tablets = { system: "urn:demo:formulary", code: "IBU400", display: "Ibuprofen 400" };

/** What becomes of an honest order. Each must be there to be given, and nobody is alarmed unless something was changed. */
export const orderedChanges: readonly ClinicalCase[] = [
  change("a doctor orders here", { steps: [orders()] }, arrived, hers, quiet, notHeld),
  change(
    "a doctor orders here what is given if needed, for a week",
    {
      steps: [
        orders({
          frequency: { kind: "as-needed", most: 3, reason: "pain" },
          end: "2099-01-01T08:00:00+03:00",
        }),
      ],
    },
    arrived,
    hers,
    quiet,
    notHeld,
  ),
  change(
    "a doctor orders here, and the HIS adds a number, a code and a text of its own",
    {
      steps: [
        altered((one) => {
          const concept = one["medicationCodeableConcept"] as { coding: object[] };
          return {
            ...one,
            text: { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
            identifier: [...(one["identifier"] as object[]), { system: "urn:demo", value: "RX1" }],
            medicationCodeableConcept: { ...concept, coding: [...concept.coding, tablets] },
            priority: "routine",
          };
        }),
      ],
    },
    arrived,
    quiet,
    notHeld,
  ),
  change(
    "a doctor orders here, and the HIS keeps none of the identifiers from here",
    { steps: [altered(({ identifier: _ours, ...rest }) => rest)] },
    arrived,
    notHeld,
  ),
  change(
    "the HIS holds an order from here back until a pharmacist has verified it",
    {
      steps: [
        altered((one) => ({ ...one, status: "on-hold" })),
        async (hospital, patient) => {
          const held = await heldOrder(hospital, patient);
          const how = { roles: ["pharmacist"] as const };
          await chart(hospital, "pharmacist-omar", stored({ ...held, status: "active" }), how);
        },
      ],
    },
    arrived,
    notHeld,
  ),
  change(
    "a doctor changes the dose of an order from here at the HIS and signs",
    {
      steps: [
        orders(),
        async (hospital, patient) => {
          const held = await heldOrder(hospital, patient);
          const [line] = held["dosageInstruction"] as object[];
          const dose = { doseQuantity: { value: 200, unit: "mg" } };
          const less = { ...held, dosageInstruction: [{ ...line, doseAndRate: [dose] }] };
          await chart(hospital, DOCTOR, stored(less));
        },
      ],
    },
    arrived,
    hers,
    quiet,
    notHeld,
  ),
  change(
    "an altered order is put right by a doctor who signs",
    {
      steps: [
        altered((one) => ({ ...one, priority: "stat", status: "active", intent: "plan" })),
        async (hospital, patient) => {
          const held = await heldOrder(hospital, patient);
          await chart(hospital, DOCTOR, stored({ ...held, intent: "order" }));
        },
      ],
    },
    arrived,
    hers,
    notHeld,
  ),
];
