import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { EnrolmentView } from "../../shared/contract/index.ts";
import { openBrowser } from "../../tools/his/browser.ts";
import { DEMO_PASSWORD } from "../../tools/his/login-page.ts";
import { arm, disarm } from "../faults/die-at-commit.ts";
import { isLong } from "../../electron/service/testing/sampled.ts";
import { forkPc, type PcProcess } from "./pc-process.ts";
import { nurseOf, openScene, openWard, shareKeychain, until, type Scene } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const NAME = "pc-kills";
/** Somebody whom the HIS knows and no roster. */
const HUDA = "nurse-huda";

let scene: Scene;
let id = "";
let pin = "";
beforeAll(async () => {
  await shareKeychain();
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
});

/** "open", or the code of the refusal; a keychain that a busy machine keeps waiting is asked again, as a person would. */
const opens = async (pc: PcProcess, secret: string, clinician = id): Promise<string> =>
  await until(
    "the PC is ready",
    () => opensNow(pc, secret, clinician),
    (answer) => answer !== "UNAVAILABLE",
  );

async function opensNow(pc: PcProcess, secret: string, clinician: string): Promise<string> {
  try {
    return (await pc.client.session.signIn({ clinician, pin: secret })).session.state;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

/** The PC dies right after that commit of the call, or after the call when it did not come to it; it is started again. */
async function diesAt(
  at: number,
  pc: PcProcess,
  call: () => Promise<unknown>,
): Promise<{ readonly pc: PcProcess; readonly died: boolean }> {
  arm(pc.dataDir, { at });
  await call().catch(() => undefined);
  await pc.kill();
  const died = disarm(pc.dataDir) >= at;
  return { pc: await start(), died };
}

/** More commits than any of these calls makes. */
const MOST = 20;
/** Every third commit, so that `npm test` takes its time; every one with `npm run unit -- --long`. */
const STEP = isLong ? 1 : 3;

let running: PcProcess | null = null;
async function start(): Promise<PcProcess> {
  return (running = await forkPc(scene, NAME));
}
afterEach(async () => {
  // A test that failed has left it running, and a profile is one process's.
  await running?.kill();
});

test("killed right after any commit of a sign-in, the right PIN opens at the next start and a wrong one does not", async () => {
  let pc = await start();
  let died = true;
  let at = 1 - STEP;
  while (died && at < MOST) {
    at += STEP;
    ({ pc, died } = await diesAt(at, pc, () => opens(pc, pin)));
    expect([at, await opens(pc, "000000")]).toEqual([at, "WRONG_PIN"]);
    expect([at, await opens(pc, pin)]).toEqual([at, "open"]);
    expect((await pc.client.status()).notices).toEqual([]);
    const { rows } = await pc.client.ward.board({});
    expect(rows.some(({ patient }) => patient !== null)).toBe(true);
    await pc.client.session.signOut({});
  }
  expect([died, at > 2]).toEqual([false, true]);
});

test("killed right after any commit of a PIN change, exactly one of the old and the new PIN opens", async () => {
  let [old, wanted] = [pin, "640285"];
  let pc = await start();
  let died = true;
  let at = 1 - STEP;
  while (died && at < MOST) {
    at += STEP;
    expect(await opens(pc, old)).toBe("open");
    ({ pc, died } = await diesAt(at, pc, () => pc.client.session.changePin({ pin: old, wanted })));
    const answers = [await opens(pc, old), await opens(pc, wanted)];
    const both = answers.toSorted((a, b) => a.localeCompare(b));
    expect([at, both]).toEqual([at, ["open", "WRONG_PIN"]]);
    // Killed when she has been told that it is done, the new one counts.
    expect(died || answers[1] === "open").toBe(true);
    if (answers[1] === "open") [old, wanted] = [wanted, old];
  }
  expect([died, at > 2]).toEqual([false, true]);
  pin = old;
});

test("killed right after any commit of an enrolment that the desk has approved, she opens with the PIN of the new entry, once it is here, and with no other", async () => {
  scene.his.switches.set({ outage: false, approveEnrolments: false });
  let pc = await start();
  let before = "000000";
  // The second enrolment and the next renew the first, as for a forgotten PIN. What the sync commits is counted with it.
  for (let at = 1; at <= (STEP === 1 ? 6 : 4); at += STEP) {
    const wanted = String(490_712 + at * 11);
    const number = await entryOf(pc, HUDA);
    await asked(pc, wanted);
    ({ pc } = await diesAt(at, pc, () => approved(pc)));
    // Where the desk's answer was lost her entry comes by the HIS; a colleague's sign-in then gives her a slot.
    await until(
      "her new entry is here",
      () => entryOf(pc, HUDA),
      (now) => now > number,
    );
    expect([at, await opens(pc, pin)]).toEqual([at, "open"]);
    await until(
      "her slot is ready",
      () => pc.client.it.keys(),
      ({ slots }) => slots.some(({ holder, state }) => holder === HUDA && state === "ready"),
    );
    await pc.client.session.signOut({});
    expect([at, await opens(pc, wanted, HUDA)]).toEqual([at, "open"]);
    expect([at, await opens(pc, before, HUDA)]).toEqual([at, "WRONG_PIN"]);
    before = wanted;
  }
});

/** The number of her roster entry here; 0 when there is none. */
async function entryOf(pc: PcProcess, clinician: string): Promise<number> {
  const { statements } = await pc.client.it.keys();
  const numbers = statements
    .filter(({ kind, subject }) => kind === "roster-entry" && subject === clinician)
    .map(({ number }) => number);
  return Math.max(0, ...numbers);
}

/** She signs in at the HIS's own page and chooses a PIN; her request lies at the desk. */
async function asked(pc: PcProcess, wanted: string): Promise<void> {
  const { enrol } = pc.client;
  const browser = openBrowser();
  await enrol.cancel();
  await enrol.start();
  const { url } = await phase(pc, "signing-in");
  await browser.open(url ?? "");
  await browser.submit({ account: HUDA, password: DEMO_PASSWORD, answer: "sign-in" });
  await phase(pc, "identified");
  await enrol.finish({ pin: wanted, badge: false });
  await phase(pc, "waiting");
}

async function approved(pc: PcProcess): Promise<void> {
  const { enrolments } = scene.his;
  for (const { id: request } of enrolments.waiting()) await enrolments.decide(request, true);
  await phase(pc, "done");
}

async function phase(pc: PcProcess, wanted: EnrolmentView["phase"]): Promise<EnrolmentView> {
  return await until(`it is ${wanted}`, pc.client.enrol.view, (view) => view.phase === wanted);
}
