import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { FIVE_RIGHTS } from "../../shared/contract/index.ts";
import type { MedicineChoice, OrderInput, PatientView } from "../../shared/contract/index.ts";
import {
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  until,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterAll(async () => {
  await scene.close();
});

const refused = (code: string) => ({ code });

test("ordered in an outage a medicine is shown and given by nobody; it arrives at the HIS once, verified, and only then is it given", async () => {
  const { his } = scene;
  const { client } = await scene.pc();
  const [first] = await openWard(client, his);
  const patient = first?.banner.patient ?? "";
  const allergy = randomUUID();
  await his.put({
    resourceType: "AllergyIntolerance",
    id: allergy,
    patient: { reference: `Patient/${patient}` },
    code: { text: "Penicillin" },
    recordedDate: "2019-05-01",
    criticality: "high",
    reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }],
  });
  const seen = (what: string, is: (view: PatientView) => boolean) =>
    until(what, () => client.patient.view({ patient }), is);
  await seen("the allergy has come", (view) => view.allergies.some(({ id }) => id === allergy));
  await his.remove("AllergyIntolerance", allergy);
  await seen("its removal waits", (view) => view.holds.some(({ id }) => id === allergy));
  const nurse = nurseOf(his);
  const doctor = his.people.find(({ id }) => id === "doctor-layla") ?? nurse;
  his.switches.set({ outage: true });
  await statusWhen(client, "the outage", ({ connection }) => connection.state === "outage");

  const named = async (sought: string): Promise<MedicineChoice> => {
    const [one] = await client.record.medicineNames({ sought });
    return { kind: "coded", system: one?.system ?? "", code: one?.code ?? "" };
  };
  const order = (medicine: MedicineChoice, change: Partial<OrderInput> = {}): OrderInput => {
    const at = new Date().toISOString();
    return {
      uuid: randomUUID(),
      patient,
      at,
      medicine,
      dose: { value: 400, unit: "mg" },
      route: "oral",
      frequency: { kind: "as-needed", most: 3, reason: "pain" },
      start: at,
      end: null,
      reason: "",
      beside: [],
      override: null,
      ...change,
    };
  };
  const words: MedicineChoice = { kind: "words", words: "amoxicillin forte" };

  // What only a doctor may order, a nurse neither looks up nor orders.
  await expect(client.record.order(order(words))).rejects.toMatchObject(refused("FORBIDDEN"));
  await expect(client.record.medicineNames({ sought: "amox" })).rejects.toMatchObject(
    refused("FORBIDDEN"),
  );
  await client.session.signOut();
  await signIn(client, doctor);

  const amoxicillin = await named("amox");
  const { check } = await client.record.orderCheck({ patient, medicine: amoxicillin });
  expect(check).toMatchObject({ action: "stop" });
  expect(check.reasons.map((one) => one.allergy.id)).toContain(allergy);
  // Whatever a page says: nothing, that it has seen records which it does not name, or another name for it.
  for (const tried of [
    order(amoxicillin),
    order(amoxicillin, { override: { reason: "the page says so", allergies: [], second: null } }),
    order(words),
  ])
    await expect(client.record.order(tried)).rejects.toMatchObject({
      code: "STOPPED",
      data: { second: true },
    });
  await expect(
    client.record.order(
      order({ ...amoxicillin, kind: "coded", code: "no such" } as MedicineChoice),
    ),
  ).rejects.toMatchObject({ code: "NOT_ORDERABLE", data: { why: "medicine-unknown" } });
  await expect(
    client.record.order(order(words, { at: "2026-01-01T10:00:00Z" })),
  ).rejects.toMatchObject(refused("WRONG_TIME"));
  expect((await client.status()).unsent.waiting).toBe(0);

  const azithromycin = await named("azithro");
  const input = order(azithromycin);
  await client.record.order(input);
  await client.record.order(input);
  await expect(
    client.record.order({ ...input, dose: { value: 800, unit: "mg" } }),
  ).rejects.toMatchObject(refused("ALREADY_SAVED"));
  const shown = await client.patient.view({ patient });
  expect(shown.orderedHere).toMatchObject([
    { act: input.uuid, state: "waiting", medicine: "Azithromycin", dose: "400 mg", coded: true },
  ]);
  expect(shown.medicines.map(({ id }) => id)).toEqual(first?.medicines.map(({ id }) => id));
  const { same } = await client.record.orderCheck({ patient, medicine: azithromycin });
  const own = same.find(({ here }) => here)?.id ?? "";
  await expect(client.record.order(order(azithromycin))).rejects.toMatchObject({
    code: "SAME_SUBSTANCE",
    data: { same },
  });
  const give = (version: string | null) =>
    client.record.give({
      uuid: randomUUID(),
      patient,
      order: own,
      version,
      due: null,
      at: new Date().toISOString(),
      outcome: { kind: "given", compared: [...FIVE_RIGHTS] },
      override: null,
    });
  await expect(give(null)).rejects.toMatchObject({ code: "NOT_ADMINISTRABLE" });

  // Whoever is at this PC next sees it, and cannot take a doctor's order back.
  await client.session.signOut();
  await signIn(client, nurse);
  expect((await client.patient.view({ patient })).orderedHere).toHaveLength(1);
  const withdrawal = { uuid: randomUUID(), act: input.uuid, at: input.at, reason: "not mine" };
  await expect(client.outbox.withdraw(withdrawal)).rejects.toMatchObject(refused("FORBIDDEN"));

  his.switches.set({ outage: false });
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  const back = await seen("it has come back", (view) => view.orderedHere.length === 0);
  const arrived = back.medicines.filter(({ medicine }) => medicine === "Azithromycin");
  expect(arrived).toMatchObject([{ id: own, status: "active", asNeeded: true }]);
  await seen(
    "the guard knows who signed it",
    ({ standings }) => standings[`MedicationRequest/${own}`] === "verified",
  );
  const acts = his.acts().filter(({ uuid }) => uuid === input.uuid);
  expect(acts.flatMap(({ resources }) => resources.map(({ type }) => type))).toEqual([
    "MedicationRequest",
  ]);
  await give(arrived[0]?.version ?? null);
  await seen("it was given", (view) =>
    view.medicines.some(({ id, lastGiven }) => id === own && lastGiven !== null),
  );
});
