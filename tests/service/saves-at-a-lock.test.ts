import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { DraftKind, PatientView } from "../../shared/contract/index.ts";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";
import {
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  until,
  VITALS,
} from "./ward-pc.ts";
import type { Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(shareKeychain);

beforeEach(async () => {
  scene = await openScene(2);
});
afterEach(async () => {
  await scene.close();
});

const WHY = "asked for at the very moment of a sign-out";

test("whatever is saved at the very moment of a sign-out is saved, and is no draft any more: vitals, a dose, a correction, a decision, a withdrawal", async () => {
  const { his } = scene;
  const { client } = await scene.pc();
  const doctor = his.people.find(({ roles }) => roles.includes("doctor"));
  const held = his.patients().find(({ allergies }) => allergies.length > 0);
  if (doctor === undefined || held === undefined) throw new Error("the demo has both");
  const order = await put(held.id);
  await openWard(client, his);
  await client.session.signOut();
  await signIn(client, doctor);
  const view = (): Promise<PatientView> => client.patient.view({ patient: held.id });
  await his.changeAllergy({ id: held.allergies[0]?.id ?? "", change: "remove" });
  const base = await vitals(client, held.id, 88);
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  const seen = await until("the allergy is held, the set is back, the order there", view, (one) =>
    [
      one.holds.length > 0,
      idsOf(one, base.at).length > 0,
      one.medicines.some(({ id }) => id === order),
    ].every(Boolean),
  );
  his.switches.set({ outage: true });
  const unsent = await vitals(client, held.id, 61);

  async function savedAtLock(
    kind: DraftKind,
    save: (act: { uuid: string; at: string }) => Promise<unknown>,
  ): Promise<void> {
    const form = { patient: held?.id ?? "", kind };
    await client.drafts.put({ ...form, text: WHY });
    const act = { uuid: randomUUID(), at: new Date().toISOString() };
    const answer = save(act).then(
      () => "answered",
      (error: { code?: string }) => error.code,
    );
    // A sign-out takes chart and keys away, as suspend and a removed badge do; a lock would leave them for a while.
    const sealed = client.session.signOut();
    // The save is done, and its answer goes nowhere.
    expect([kind, await answer]).toEqual([kind, "LOCKED"]);
    expect((await sealed).session.state).toBe("sealed");
    if (doctor !== undefined) await signIn(client, doctor);
    const entries = [
      ...(await client.outbox.list()),
      ...(await client.outbox.list({ settled: true })),
    ];
    expect([kind, entries.map(({ uuid }) => uuid)]).toEqual([
      kind,
      expect.arrayContaining([act.uuid]),
    ]);
    expect([kind, await client.drafts.get(form)]).toEqual([kind, { text: null, at: null }]);
  }

  const patient = held.id;
  const typed = { patient, kind: `give/${order}` } as const;
  await client.drafts.put({ ...typed, text: "desensitised this mor" });
  await client.session.signOut();
  await signIn(client, doctor);
  expect(await client.drafts.get(typed)).toMatchObject({ text: "desensitised this mor" });

  await savedAtLock("vitals", (act) =>
    client.record.vitals({ ...act, patient, values: VITALS, confirmed: [] }),
  );
  const medicine = seen.medicines.find(({ id }) => id === order);
  await savedAtLock(`give/${order}`, (act) =>
    client.record.give({
      ...act,
      patient,
      order,
      version: medicine?.version ?? null,
      due: medicine?.nextDue ?? null,
      outcome: { kind: "not-given", reason: "asleep", text: "" },
      override: null,
    }),
  );
  const ids = idsOf(seen, base.at);
  await savedAtLock(`correct/${ids[0] ?? ""}`, (act) =>
    client.record.correct({
      ...act,
      patient,
      ids,
      values: { pulse: 92 },
      wrong: [],
      confirmed: [],
      reason: WHY,
    }),
  );
  const [hold] = seen.holds;
  if (hold === undefined) throw new Error("it is held");
  await savedAtLock(`hold/${hold.type}.${hold.id}`, ({ uuid }) => {
    const { type, id, claim } = hold;
    return client.guard.decide({ uuid, patient, type, id, claim, verdict: "keep", reason: WHY });
  });
  await savedAtLock(`withdraw/${unsent.uuid}`, (act) =>
    client.outbox.withdraw({ ...act, act: unsent.uuid, reason: WHY }),
  );

  // Somebody else corrected the same pulse at the HIS: a conflict, decided at such a moment too.
  const pulse = pulseAmong(ids);
  await his.put({ ...pulse, valueQuantity: { value: 101, unit: "/min" } });
  his.switches.set({ outage: false });
  const conflicts = await until(
    "the correction is in conflict",
    () => client.outbox.list(),
    (entries) => entries.length === 1 && entries[0]?.conflict !== null,
  );
  const conflict = conflicts[0]?.uuid ?? "";
  his.switches.set({ outage: true });
  await savedAtLock(`decide/${conflict}`, (act) =>
    client.outbox.decide({
      ...act,
      act: conflict,
      mine: [{ resource: `Observation/${pulse.id}`, field: "value[x]" }],
    }),
  );
  his.switches.set({ outage: false });
  await statusWhen(client, "all sent", ({ unsent: { waiting, parked } }) => waiting + parked === 0);
  expect(his.read("Observation", pulse.id)).toMatchObject({ valueQuantity: { value: 92 } });
  expect(his.patients().find(({ id }) => id === patient)?.allergies).toHaveLength(
    held.allergies.length,
  );
});

/** Ids of the Observations of the set of that moment, as this PC has them from the HIS. */
function idsOf(view: PatientView, at: string): string[] {
  const set = view.vitals.find((one) => Date.parse(one.at) === Date.parse(at));
  return [...(set?.ids ?? [])];
}

function pulseAmong(ids: readonly string[]) {
  const found = ids
    .flatMap((id) => scene.his.read("Observation", id) ?? [])
    .find((one) => JSON.stringify(one).includes("8867-4"));
  if (found === undefined) throw new Error("the set has a pulse");
  return found;
}

async function vitals(client: ServiceClient, patient: string, pulse: number) {
  const act = { uuid: randomUUID(), at: new Date().toISOString() };
  const values = { ...VITALS, pulse };
  await client.record.vitals({ ...act, patient, values, confirmed: [] });
  return act;
}

async function put(patient: string): Promise<string> {
  const id = randomUUID();
  await scene.his.put({
    resourceType: "MedicationRequest",
    id,
    status: "active",
    intent: "order",
    medicationCodeableConcept: { text: "Paracetamol 500 mg tablet" },
    subject: { reference: `Patient/${patient}` },
    authoredOn: new Date().toISOString(),
    dosageInstruction: [{ asNeededBoolean: true }],
  });
  return id;
}
