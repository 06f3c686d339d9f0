import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { forkPc, type PcProcess } from "./pc-process.ts";
import { nurseOf, openScene, openWard, shareKeychain, type Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const NAME = "pc-kills";
/** Milliseconds after the call at which the process dies: before, in and after the key derivation and the opening. */
const MOMENTS = [0, 15, 60, 140];

let closeKeychain: () => void;
let scene: Scene;
let id = "";
let pin = "";
beforeAll(async () => {
  closeKeychain = await shareKeychain();
  scene = await openScene(2);
  ({ id, pin } = nurseOf(scene.his));
  const first = await forkPc(scene, NAME);
  await openWard(first.client, scene.his);
  await first.stop();
  // What follows must not need the HIS.
  scene.his.switches.set({ outage: true });
});
afterAll(async () => {
  await scene.close();
  closeKeychain();
});

const opens = async (pc: PcProcess, secret: string): Promise<string> => {
  try {
    return (await pc.client.session.signIn({ clinician: id, pin: secret })).session.state;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

test("killed at any moment of a sign-in, the right PIN opens at the next start and a wrong one does not", async () => {
  for (const moment of MOMENTS) {
    const pc = await forkPc(scene, NAME);
    void opens(pc, pin);
    await sleep(moment);
    await pc.kill();
    const next = await forkPc(scene, NAME);
    expect([moment, await opens(next, "000000")]).toEqual([moment, "WRONG_PIN"]);
    expect([moment, await opens(next, pin)]).toEqual([moment, "open"]);
    expect((await next.client.status()).notices).toEqual([]);
    const { rows } = await next.client.ward.board({});
    expect(rows.some(({ patient }) => patient !== null)).toBe(true);
    await next.kill();
  }
});

test("killed at any moment of a PIN change, exactly one of the old and the new PIN opens", async () => {
  const wanted = "640285";
  let old = pin;
  let other = wanted;
  for (const moment of MOMENTS) {
    const pc = await forkPc(scene, NAME);
    expect(await opens(pc, old)).toBe("open");
    pc.client.session.changePin({ pin: old, wanted: other }).catch(() => undefined);
    await sleep(moment);
    await pc.kill();
    const next = await forkPc(scene, NAME);
    const answers = [await opens(next, old), await opens(next, other)];
    expect([moment, answers.toSorted((a, b) => a.localeCompare(b))]).toEqual([
      moment,
      ["open", "WRONG_PIN"],
    ]);
    if (answers[1] === "open") [old, other] = [other, old];
    await next.kill();
  }
});
