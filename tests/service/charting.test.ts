import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openScene, openWard, shareKeychain, statusWhen, VITALS, type Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

beforeAll(shareKeychain);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  await scene.close();
});

test("a set whose answer never reached the page is not offered again, and saving it again charts it once", async () => {
  const { client } = await scene.pc();
  const [view] = await openWard(client, scene.his);
  const patient = view?.banner.patient ?? "";
  const uuid = randomUUID();
  const set = { uuid, patient, at: new Date().toISOString(), values: VITALS, confirmed: [] };
  await client.drafts.put({ patient, kind: "vitals", text: JSON.stringify({ uuid }) });
  // The page dies here: nobody discards the draft, nobody reads the answer.
  await client.record.vitals(set);
  expect((await client.drafts.get({ patient, kind: "vitals" })).text).toBeNull();
  await client.record.vitals(set);
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  expect(scene.his.countObservationsByAct(uuid)).toBe(7);
});

test("the same set with other values is refused as saved already, and the first one stands", async () => {
  const { client } = await scene.pc();
  const [view] = await openWard(client, scene.his);
  const patient = view?.banner.patient ?? "";
  const uuid = randomUUID();
  const set = { uuid, patient, at: new Date().toISOString(), values: VITALS, confirmed: [] };
  await client.record.vitals(set);
  await expect(
    client.record.vitals({ ...set, values: { ...VITALS, pulse: 99 } }),
  ).rejects.toMatchObject({ code: "ALREADY_SAVED" });
  const { vitals } = await client.patient.view({ patient });
  expect(vitals[0]?.values.pulse).toBe(VITALS.pulse);
});
