import { copyFileSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { trailOf } from "./desk-room.ts";
import { forkPc } from "./pc-process.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  trailChecked,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

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

/** Takes a database, with its log, as it is now; gives how to put it back. */
function saved(dataDir: string, name: string): () => void {
  const kept = join(dataDir, "..", `saved-${name}`);
  rmSync(kept, { recursive: true, force: true });
  const parts = readdirSync(dataDir).filter((one) => one.startsWith(name));
  for (const part of parts) cpSync(join(dataDir, part), join(kept, part));
  return () => {
    for (const one of readdirSync(dataDir).filter((each) => each.startsWith(name)))
      rmSync(join(dataDir, one));
    for (const part of parts) copyFileSync(join(kept, part), join(dataDir, part));
  };
}

test("an older journal put back is said to everybody and in the trail, and the acts only the escrow holds are named", async () => {
  const first = await scene.pc("pc-journal");
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  await first.stop();
  const { dataDir } = first;
  const putBack = saved(dataDir, "journal.db");

  scene.his.switches.set({ outage: true });
  const day = await scene.pc("pc-journal");
  await signIn(day.client, nurseOf(scene.his));
  const uuids = [await chart(day.client, patient, 70), await chart(day.client, patient, 71)];
  expect((await day.client.status()).unsent.waiting).toBe(uuids.length);
  await day.stop();
  putBack();

  const { client, stop } = await scene.pc("pc-journal");
  const { notices, unsent } = await client.status();
  expect(unsent.waiting).toBe(0);
  expect(notices).toEqual([
    expect.objectContaining({
      kind: "rollback",
      detail: expect.stringContaining("2 unsent acts are only in the escrow file") as unknown,
    }),
  ]);
  expect((await client.it.keys()).rollback.found[0]).toBe("journal.db: older");
  // The ward is not shut out: the outage is exactly when somebody might do this.
  await signIn(client, nurseOf(scene.his));
  expect((await client.ward.board({})).rows.some((row) => row.patient !== null)).toBe(true);
  await stop();
  expect(readdirSync(dataDir).filter((one) => one.includes("before-rollback"))).not.toEqual([]);
  expect(
    trailOf(dataDir).flatMap(({ kind, detail }) =>
      kind === "rollback" ? [detail["verdict"]] : [],
    ),
  ).toEqual(["older", "acts-only-in-escrow"]);
});

test("an older chart put back is said at the sign-in, and what it lacks is fetched again", async () => {
  const first = await scene.pc("pc-chart");
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  await first.stop();
  const { dataDir } = first;
  const putBack = saved(dataDir, "chart.db");
  const day = await scene.pc("pc-chart");
  await signIn(day.client, nurseOf(scene.his));
  const uuid = await chart(day.client, patient, 72);
  await statusWhen(day.client, "sent", ({ unsent }) => unsent.waiting === 0);
  await day.stop();
  putBack();

  const { client, stop } = await scene.pc("pc-chart");
  expect((await client.status()).notices).toEqual([]);
  await signIn(client, nurseOf(scene.his));
  const told = await statusWhen(client, "the notice", ({ notices }) => notices.length > 0);
  expect(told.notices).toEqual([expect.objectContaining({ kind: "rollback" })]);
  expect((await client.it.keys()).rollback.found).toEqual(["chart.db: older"]);
  await openWard(client, scene.his);
  const after = await client.patient.view({ patient });
  expect(after.vitals[0]?.values.pulse).toBe(72);
  expect(scene.his.countObservationsByAct(uuid)).toBe(7);
  await stop();
  expect(trailOf(dataDir)).toContainEqual(
    expect.objectContaining({ kind: "rollback", detail: { file: "chart.db", verdict: "older" } }),
  );
});

test("neither starting again nor a power cut in the middle of the work looks like an older file", async () => {
  const name = "pc-kills";
  const first = await scene.pc(name);
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  await first.stop();
  scene.his.switches.set({ outage: true });
  const charted: string[] = [];
  for (let life = 0; life < 4; life += 1) {
    const pc = await forkPc(scene, name);
    expect((await pc.client.status()).notices).toEqual([]);
    await signIn(pc.client, nurseOf(scene.his));
    charted.push(await chart(pc.client, patient, 60 + life));
    // Some die at the bedside, some right after the lock, with its writing still under way.
    if (life % 2 === 1) void pc.client.session.signOut({}).catch(() => undefined);
    await pc.kill();
  }
  const { client, stop, dataDir } = await scene.pc(name);
  await signIn(client, nurseOf(scene.his));
  expect((await client.status()).notices).toEqual([]);
  expect((await client.it.keys()).rollback).toEqual({ checked: true, found: [] });
  const waiting = (await client.outbox.list()).map(({ uuid }) => uuid);
  expect(waiting.toSorted()).toEqual(charted.toSorted());
  expect(await trailChecked(client)).toMatchObject({ whole: true, broken: null });
  await stop();
  expect(trailOf(dataDir).filter(({ kind }) => kind === "rollback")).toEqual([]);
  expect(existsSync(join(dataDir, "unsent.escrow.before-rollback-1"))).toBe(false);
});
