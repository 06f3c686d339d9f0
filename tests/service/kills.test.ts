import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { arm, disarm } from "../faults/die-at-commit.ts";
import { forkPc, type PcProcess } from "./pc-process.ts";
import { nurseOf, openScene, openWard, shareKeychain, until, type Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

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

/** "open", or the code of the refusal; a keychain that a busy machine keeps waiting is asked again, as a person would. */
const opens = async (pc: PcProcess, secret: string): Promise<string> =>
  await until(
    "the PC is ready",
    () => opensNow(pc, secret),
    (answer) => answer !== "UNAVAILABLE",
  );

async function opensNow(pc: PcProcess, secret: string): Promise<string> {
  try {
    return (await pc.client.session.signIn({ clinician: id, pin: secret })).session.state;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

/** How often the journal commits in a call; the PC goes on. */
async function commitsOf(pc: PcProcess, call: () => Promise<unknown>): Promise<number> {
  arm(pc.dataDir);
  await call();
  return disarm(pc.dataDir);
}

/** The PC dies right after that commit of the call, or after the call when it did not come to it; it is started again. */
async function diesAt(at: number, pc: PcProcess, call: () => Promise<unknown>): Promise<PcProcess> {
  arm(pc.dataDir, { at });
  await call().catch(() => undefined);
  await pc.kill();
  died += disarm(pc.dataDir) === at ? 1 : 0;
  return await forkPc(scene, NAME);
}
let died = 0;

test("killed right after any commit of a sign-in, the right PIN opens at the next start and a wrong one does not", async () => {
  died = 0;
  let pc = await forkPc(scene, NAME);
  const commits = await commitsOf(pc, () => opens(pc, pin));
  expect(commits).toBeGreaterThan(1);
  for (let at = 1; at <= commits; at += 1) {
    await pc.client.session.signOut({});
    pc = await diesAt(at, pc, () => opens(pc, pin));
    expect([at, await opens(pc, "000000")]).toEqual([at, "WRONG_PIN"]);
    expect([at, await opens(pc, pin)]).toEqual([at, "open"]);
    expect((await pc.client.status()).notices).toEqual([]);
    const { rows } = await pc.client.ward.board({});
    expect(rows.some(({ patient }) => patient !== null)).toBe(true);
  }
  expect(died).toBeGreaterThan(1);
  await pc.kill();
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
