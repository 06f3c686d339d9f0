import type { OrderActInput } from "../../../electron/service/record/order-act.ts";
import { resourceUuid } from "../../../electron/service/record/act-ids.ts";
import { claimsOfAct } from "../../../electron/service/record/fact-claims.ts";
import { orderOf } from "../../../electron/service/record/testing.ts";
import { signFacts } from "../../../electron/service/vault/index.ts";
import type { FhirResource } from "../../../shared/fhir/index.ts";
import { ACT_SET_SYSTEM, ACT_SYSTEM } from "../../../shared/trust/index.ts";
import type { Step } from "./case.ts";
import type { Entry } from "./network.ts";
import { RXNORM } from "./record.ts";
import type { Judgement } from "./shown.ts";

/** Whose own key is known at this hospital. */
export const KARIM = "doctor-karim";
const NAMESPACE = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

/** What is ordered on this PC for a patient: one order, by its act. */
const actOf = (patient: string): string => resourceUuid(NAMESPACE, patient);
const orderIn = (act: string): string => resourceUuid(act, "order");
export const orderedOf = (patient: string): string => orderIn(actOf(patient));

function madeAct(patient: string, at: string, change: Partial<OrderActInput>) {
  const frame = { uuid: actOf(patient), patient, workstation: "pc-1", at };
  return orderOf(frame, {
    encounter: `${patient}-stay`,
    author: KARIM,
    medicine: { kind: "coded", system: RXNORM, code: "5640", name: "Ibuprofen" },
    frequency: { kind: "times", times: ["08:00", "14:00", "20:00"] },
    ...change,
  });
}

/** Another order of hers for him, and by which identifiers it is known. */
export const otherOf = (patient: string): string => resourceUuid(NAMESPACE, `${patient}, another`);
export const identifiersOf = (act: string): Entry[] => [
  { system: ACT_SYSTEM, value: orderIn(act) },
  { system: ACT_SET_SYSTEM, value: act },
];

/** A doctor orders on this PC, in her own name; it leaves with the next round. */
export function orders(change: Partial<OrderActInput> = {}): Step {
  return async ({ pc, signers, now }, patient) => {
    const act = madeAct(patient, now(), change);
    const claims = claimsOfAct(act, "amanah-demo");
    if (claims === null) throw new Error("an order is vouched for");
    const facts = await signFacts(claims, signers.karim);
    const { uuid, kind, author, at } = act;
    const body = JSON.stringify({ act, signature: "of the chain", facts });
    pc.journal.putAct({ uuid, kind, author, patient, at, queuedAt: pc.now, body }, []);
  };
}

/** She orders, and something else reaches the HIS. */
export const altered =
  (change: (order: Entry) => Entry, ordered: Partial<OrderActInput> = {}): Step =>
  async (hospital, patient) => {
    hospital.network.alter(orderedOf(patient), change);
    await orders(ordered)(hospital, patient);
  };

/** The order as the HIS holds it, for whoever goes on with it. */
export async function heldOrder(
  { pc }: Parameters<Step>[0],
  patient: string,
): Promise<FhirResource> {
  const held = pc.chart
    .resources(patient, "MedicationRequest")
    .resources.find(({ id }) => id === orderedOf(patient));
  if (held === undefined) throw new Error(`${patient}: the order has not come back`);
  return Promise.resolve(held);
}

/** CLINICAL: nobody gives by it, what she signed stands beside what is there, and it is not called hers. */
export const givenByNobody: Judgement = ({ view, patient, giving }) => {
  const id = orderedOf(patient);
  return [
    typeof giving(id) !== "string" && "a dose of it can be given",
    view.standings[`MedicationRequest/${id}`] === "verified" && "it is called verified",
    view.medicines.some((order) => order.id === id) &&
      (view.changedOrders[id] === undefined || !view.orderedOtherwise.includes(id)) &&
      "it is listed, and what she signed is not shown",
  ];
};

export const onTheWayAlarm: Judgement = ({ alarms }) => [
  !alarms.includes("changed-on-the-way") && `no alarm, only ${alarms.join()}`,
];
