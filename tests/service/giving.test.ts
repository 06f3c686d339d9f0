import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  FIVE_RIGHTS,
  type Comparison,
  type GiveInput,
  type PatientView,
} from "../../shared/contract/index.ts";
import { nurseOf, openScene, openWard, shareKeychain, statusWhen, until } from "./ward-pc.ts";
import type { Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

beforeAll(shareKeychain);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene(2);
});
afterEach(async () => {
  await scene.close();
});

const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";

async function order(
  patient: string,
  medicine: string,
  code: string,
  {
    status = "active",
    id = randomUUID(),
    mg = 500,
  }: { readonly status?: "active" | "stopped"; readonly id?: string; readonly mg?: number } = {},
) {
  await scene.his.put({
    resourceType: "MedicationRequest",
    id,
    status,
    intent: "order",
    medicationCodeableConcept: { coding: [{ system: RXNORM, code }], text: medicine },
    subject: { reference: `Patient/${patient}` },
    authoredOn: new Date().toISOString(),
    dosageInstruction: [
      {
        text: `${mg} mg`,
        asNeededBoolean: true,
        doseAndRate: [{ doseQuantity: { value: mg, unit: "mg" } }],
      },
    ],
  });
  return id;
}

/** A dose of an order as the screen shows it, with all five rights compared. */
function dose(
  patient: string,
  id: string,
  shown: PatientView["medicines"][number] | undefined,
): GiveInput {
  return {
    uuid: randomUUID(),
    patient,
    order: id,
    version: shown?.version ?? null,
    due: shown?.nextDue ?? null,
    at: new Date().toISOString(),
    outcome: { kind: "given", compared: [...FIVE_RIGHTS] },
    override: null,
  };
}

test("amoxicillin stops for a penicillin anaphylaxis, and two clinicians together can give it all the same", async () => {
  const { client } = await scene.pc();
  const [first] = await openWard(client, scene.his);
  const patient = first?.banner.patient ?? "";
  const allergy = randomUUID();
  await scene.his.put({
    resourceType: "AllergyIntolerance",
    id: allergy,
    patient: { reference: `Patient/${patient}` },
    code: { text: "Penicillin" },
    recordedDate: "2019-05-01",
    criticality: "high",
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
  });
  const amoxicillin = await order(patient, "Amoxicillin 500 mg capsule", "723");
  const stopped = await order(patient, "Paracetamol 1 g tablet", "161", { status: "stopped" });
  const find = (view: PatientView) => view.medicines.find(({ id }) => id === amoxicillin);
  const view = await until(
    "the order and the allergy have come",
    () => client.patient.view({ patient }),
    (seen) =>
      find(seen)?.check?.action === "stop" && seen.medicines.some(({ id }) => id === stopped),
  );
  const shown = find(view);
  const ours = shown?.check?.reasons.find((one) => one.allergy.id === allergy);
  expect(ours).toMatchObject({
    allergy: { substance: "Penicillin" },
    severe: true,
    match: { kind: "class-named", className: "Penicillins", medicine: "Amoxicillin" },
  });
  expect(shown?.check?.notChecked).toEqual([]);

  const give = (change: Partial<GiveInput> = {}): GiveInput => ({
    ...dose(patient, amoxicillin, shown),
    ...change,
  });
  await expect(client.record.give(give())).rejects.toMatchObject({
    code: "STOPPED",
    data: { second: true, check: { action: "stop" } },
  });
  // The demo's patient may have more records that stop: each has to be named.
  const all = shown?.check?.reasons.map((one) => one.allergy.id) ?? [];
  const override = { reason: "desensitised today", allergies: all, second: null };
  await expect(client.record.give(give({ override }))).rejects.toMatchObject({ code: "STOPPED" });
  const nurse = nurseOf(scene.his);
  await expect(
    client.record.give(
      give({ override: { ...override, second: { clinician: nurse.id, pin: nurse.pin } } }),
    ),
  ).rejects.toMatchObject({ code: "NOT_READY" });
  await expect(client.record.give(give({ version: "no such", override }))).rejects.toMatchObject({
    code: "CHANGED",
  });
  const paracetamol = view.medicines.find(({ id }) => id === stopped);
  await expect(
    client.record.give(give({ order: stopped, version: paracetamol?.version ?? null })),
  ).rejects.toMatchObject({ code: "NOT_ADMINISTRABLE", data: { why: "not-active" } });
  expect((await client.status()).unsent.waiting).toBe(0);

  const second = scene.his.people.find(({ id }) => id !== nurse.id);
  if (second === undefined) throw new Error("the demo has a second clinician");
  const input = give({
    override: { ...override, second: { clinician: second.id, pin: second.pin } },
  });
  await client.record.give(input);
  // Its answer was lost: the same dose again is the same dose.
  await client.record.give(input);
  expect(find(await client.patient.view({ patient }))?.lastGiven).not.toBeNull();
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  const acts = scene.his.acts().filter(({ uuid }) => uuid === input.uuid);
  expect(acts.flatMap(({ resources }) => resources.map(({ type }) => type))).toEqual([
    "MedicationAdministration",
  ]);
});

test("no dose is charted before all that has to be compared was, and what she compared is in the trail", async () => {
  const { client } = await scene.pc();
  const [first] = await openWard(client, scene.his);
  const patient = first?.banner.patient ?? "";
  const id = await order(patient, "Paracetamol 500 mg tablet", "161");
  const seen = (what: string, ready: (view: PatientView) => boolean): Promise<PatientView> =>
    until(what, () => client.patient.view({ patient }), ready);
  await seen("the order has come", ({ medicines }) => medicines.some((one) => one.id === id));
  await order(patient, "Paracetamol 500 mg tablet", "161", { id, mg: 1000 });
  const view = await seen("its dose was changed unsigned", ({ changedOrders }) =>
    Boolean(changedOrders[id]?.some(({ changed }) => changed)),
  );
  const shown = view.medicines.find((one) => one.id === id);

  const give = (compared: readonly Comparison[]): GiveInput => ({
    ...dose(patient, id, shown),
    outcome: { kind: "given", compared: [...compared] },
  });
  const notCompared = (...missing: Comparison[]) => ({ code: "NOT_COMPARED", data: { missing } });
  const withoutDose = FIVE_RIGHTS.filter((right) => right !== "dose");
  await expect(client.record.give(give([...withoutDose, "change"]))).rejects.toMatchObject(
    notCompared("dose"),
  );
  await expect(client.record.give(give(FIVE_RIGHTS))).rejects.toMatchObject(notCompared("change"));
  expect((await client.status()).unsent.waiting).toBe(0);

  const input = give([...FIVE_RIGHTS, "change"]);
  await client.record.give(input);
  await client.record.give(input);
  const event = await until(
    "the HIS has what was charted",
    () =>
      Promise.resolve(
        scene.his.auditEvents().filter((one) => JSON.stringify(one).includes(input.uuid)),
      ),
    (events) => events.some(({ action }) => action === "C"),
  );
  const details = event
    .filter(({ action }) => action === "C")
    .flatMap(({ entity }) => entity?.flatMap(({ detail }) => detail ?? []) ?? []);
  const said = (type: string) =>
    details.flatMap((one) => (one.type === type ? [one.valueString] : []));
  expect(said("order")).toEqual([id]);
  expect(said("version")).toEqual([shown?.version]);
  expect(said("compared")).toEqual(["change+dose+medicine+patient+route+time"]);
});
