import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { withJournal } from "./desk-room.ts";
import { forkPc } from "./pc-process.ts";
import {
  chart,
  hashOf,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  trailChecked,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterEach(() => {
  scene.his.switches.set({ outage: false });
});
afterAll(async () => {
  await scene.close();
});

test("a second Amanah on one profile says that one runs already, touches nothing, and goes on when that one is gone", async () => {
  const name = "pc-twice";
  const first = await forkPc(scene, name);
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  scene.his.switches.set({ outage: true });

  const second = await scene.pc(name);
  const { session } = await second.client.status();
  expect(session).toMatchObject({ state: "sealed", obstacle: "already-running", clinicians: [] });
  expect(session.obstacleDetail).toContain("runs already");
  const { id, pin } = nurseOf(scene.his);
  await expect(second.client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  const uuids = [await chart(first.client, patient, 81), await chart(first.client, patient, 82)];
  expect((await first.client.status()).unsent.waiting).toBe(2);

  // A power cut of the first: its lock is gone with it, however it ended.
  await first.kill();
  await statusWhen(second.client, "the second goes on", (now) => now.session.obstacle === null);
  await signIn(second.client, { id, pin });
  const waiting = (await second.client.outbox.list()).map(({ uuid }) => uuid);
  expect(waiting.toSorted()).toEqual(uuids.toSorted());
  expect((await second.client.status()).notices).toEqual([]);
  expect((await trailChecked(second.client)).whole).toBe(true);
  scene.his.switches.set({ outage: false });
  await statusWhen(second.client, "sent", ({ unsent }) => unsent.waiting === 0);
  for (const uuid of uuids) expect(scene.his.countObservationsByAct(uuid)).toBe(7);
});

test("the data folder copied to another PC opens nothing there, and not a byte of it is changed", async () => {
  const mine = await scene.pc("pc-copied");
  const [view] = await openWard(mine.client, scene.his);
  await chart(mine.client, view?.banner.patient ?? "");
  await mine.stop();
  const folder = join(scene.folder, "pc-stranger");
  // The whole folder, policy included: what the other PC lacks is the keychain's part.
  cpSync(join(scene.folder, "pc-copied"), folder, { recursive: true });
  const files = ["journal.db", "chart.db", "unsent.escrow"].map((file) =>
    join(folder, "ward", file),
  );
  const before = files.map(hashOf);
  const { client } = await scene.pc("pc-stranger");
  const { session, unsent } = await client.status();
  expect(session).toMatchObject({ state: "sealed", obstacle: "keys-lost", clinicians: [] });
  expect(session.obstacleDetail).toContain("nothing was changed");
  expect(unsent.waiting).toBe(0);
  const { id, pin } = nurseOf(scene.his);
  await expect(client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
  expect(files.map(hashOf)).toEqual(before);
});

test("a slot swapped with a colleague's, cut short or of another PC opens nothing; a colleague's sign-in makes it anew", async () => {
  const elsewhere = await scene.pc("pc-elsewhere");
  await openWard(elsewhere.client, scene.his);
  await elsewhere.stop();
  const first = await scene.pc("pc-slots");
  await openWard(first.client, scene.his);
  await first.stop();
  const { dataDir } = first;
  const [nurse, colleague, third, helper] = scene.his.people;
  if (!nurse || !colleague || !third || !helper) throw new Error("the demo has four people");
  const foreign = withJournal(elsewhere.dataDir, (journal) => journal.slots());
  withJournal(dataDir, (journal) => {
    const slots = new Map(journal.slots().map((slot) => [slot.clinician, slot]));
    const of = (id: string) => {
      const slot = slots.get(id);
      if (slot === undefined) throw new Error(`${id} has a slot`);
      return slot;
    };
    const other = foreign.find(({ clinician }) => clinician === third.id);
    if (other === undefined) throw new Error("she has a slot at the other PC, too");
    journal.putSlots(
      [
        { ...of(helper.id), clinician: nurse.id },
        { ...of(colleague.id), sealed: of(colleague.id).sealed.slice(0, -7) },
        other,
      ],
      [],
    );
  });
  scene.his.switches.set({ outage: true });
  const { client } = await scene.pc("pc-slots");
  for (const { id, pin } of [nurse, colleague, third]) {
    await expect(client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
      code: "NOT_READY",
    });
    await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
  }
  // Nor does the PIN of who was swapped in open under her name.
  await expect(
    client.session.signIn({ clinician: nurse.id, pin: helper.pin }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/WRONG_PIN|NOT_READY/u) as unknown });
  await client.session.signIn({ clinician: helper.id, pin: helper.pin });
  await client.session.signOut({});
  for (const { id, pin } of [nurse, colleague, third]) {
    const { session } = await client.session.signIn({ clinician: id, pin });
    expect(session).toMatchObject({ state: "open", clinician: { id } });
    await client.session.signOut({});
  }
});
