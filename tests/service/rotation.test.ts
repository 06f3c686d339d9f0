import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { link } from "../../electron/service/audit/index.ts";
import { createHisClient } from "../../electron/service/his/index.ts";
import { openJournal } from "../../electron/service/store/index.ts";
import { inLongForm } from "../../electron/service/testing/sampled.ts";
import {
  openBlockingKeychain,
  readWorkstationKey,
  type KeychainName,
  type WorkstationKey,
} from "../../electron/service/vault/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import type { PatientView } from "../../shared/contract/index.ts";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";
import { deskOf, trailOf } from "./desk-room.ts";
import { forkPc } from "./pc-process.ts";
import {
  chart,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  until,
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

/** As {@link openWard}, and nothing is still on its way: the names of those who wrote its notes come last. */
async function openWholeWard(client: ServiceClient): Promise<readonly PatientView[]> {
  const before = await openWard(client, scene.his);
  await statusWhen(client, "live", ({ connection }) => connection.state === "live");
  return await views(client, before);
}

test("all keys of a PC made new by order: chart, drafts and unsent charting are there, the old keys open nothing", async () => {
  const name = "pc-rotate";
  const first = await scene.pc(name);
  const before = await openWholeWard(first.client);
  const patient = before[0]?.banner.patient ?? "";
  await first.client.drafts.put({ patient, kind: "note", text: "half a word" });
  scene.his.switches.set({ outage: true });
  const uuid = await chart(first.client, patient);
  const held = await facts(first.client, before);
  const oldDeviceKey = secret(first.dataDir, "device-key");
  const oldWorkstationKey = await workstationKey(first.dataDir);
  const order = await rotation(name, ["device", "vault", "workstation"]);
  await first.client.it.bring({ text: order });
  // Nothing changes under the hands of who works.
  expect((await first.client.session.lock({})).session.state).toBe("locked");
  await signIn(first.client, nurseOf(scene.his));
  await first.stop();

  const second = await scene.pc(name);
  const { dataDir, client } = second;
  // The device key: new at the start, and the file obeys only the new one.
  const deviceKey = secret(dataDir, "device-key");
  expect(printOf(deviceKey)).not.toBe(printOf(oldDeviceKey));
  expect(() =>
    openJournal({
      file: join(dataDir, "journal.db"),
      key: oldDeviceKey,
      create: false,
      chain: link,
    }),
  ).toThrow(expect.objectContaining({ code: "wrong-key" }) as Error);
  // The vault key: new at her sign-in.
  await signIn(client, nurseOf(scene.his));
  expect((await client.it.keys()).vaultEpoch).toBe(2);
  expect(charts(dataDir)).toEqual(["chart-2.db"]);
  expect(await facts(client, before)).toEqual(held);
  expect((await client.drafts.get({ patient, kind: "note" })).text).toBe("half a word");
  expect((await client.outbox.list()).map((act) => act.uuid)).toEqual([uuid]);
  expect((await client.status()).notices).toEqual([]);

  // Everybody signs in, and who may read reads.
  for (const person of scene.his.people) {
    await client.session.signOut({});
    await signIn(client, person);
    if (person.roles.includes("privacy-officer")) continue;
    expect((await client.patient.view({ patient })).banner.name).toEqual(before[0]?.banner.name);
  }

  // The signing key: as soon as the HIS is there to learn of it.
  scene.his.switches.set({ outage: false });
  await statusWhen(client, "sent", ({ unsent }) => unsent.waiting === 0);
  expect(scene.his.countObservationsByAct(uuid)).toBe(7);
  const newKey = await until(
    "the new signing key",
    () => workstationKey(dataDir),
    ({ thumbprint }) => thumbprint !== oldWorkstationKey.thumbprint,
  );
  await statusWhen(client, "live", ({ connection }) => connection.state === "live");
  expect(await answeredTo(name, newKey)).toBe("ok");
  expect(await answeredTo(name, oldWorkstationKey)).toBe("refused");

  // Carried out once: the next start and sign-in make nothing new, and nothing looks like an older file put back.
  await second.stop();
  const third = await scene.pc(name);
  await signIn(third.client, nurseOf(scene.his));
  expect(printOf(secret(dataDir, "device-key"))).toBe(printOf(deviceKey));
  const keys = await third.client.it.keys();
  expect(keys).toMatchObject({ vaultEpoch: 2, rollback: { checked: true, found: [] } });
  expect((await third.client.status()).notices).toEqual([]);
  await third.stop();
  expect(
    trailOf(dataDir)
      .filter(({ kind }) => kind === "rotation")
      .map(({ detail }) => String(detail["keys"]))
      .toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(["device", "vault", "workstation"]);
});

inLongForm(() => {
  test("a PC that is killed while its vault key is made new opens whole with the same PIN, and tries again", async () => {
    const name = "pc-killed";
    const first = await scene.pc(name);
    const before = await openWholeWard(first.client);
    const patient = before[0]?.banner.patient ?? "";
    await first.client.drafts.put({ patient, kind: "note", text: "half a word" });
    const held = await facts(first.client, before);
    scene.his.switches.set({ outage: true });
    const uuid = await chart(first.client, patient);
    await first.client.it.bring({ text: await rotation(name, ["vault", "device"]) });
    await first.stop();
    // From before the KDF is done to after the answer: by the clock, and at the first sight of the new chart's file.
    for (const moment of [60, 120, "chart-2.db", 280]) {
      const pc = await forkPc(scene, name);
      let over = false;
      const entering = signInOnceLet(pc.client, nurseOf(scene.his))
        .catch(() => null)
        .finally(() => (over = true));
      if (typeof moment === "number") await sleep(moment);
      else while (!over && !existsSync(join(pc.dataDir, moment))) await sleep(2);
      await pc.kill();
      await entering;
    }
    const { client, dataDir } = await scene.pc(name);
    await signInOnceLet(client, nurseOf(scene.his));
    expect((await client.drafts.get({ patient, kind: "note" })).text).toBe("half a word");
    expect((await client.outbox.list()).map((act) => act.uuid)).toEqual([uuid]);
    expect(await facts(client, before)).toEqual(held);
    expect((await client.it.keys()).vaultEpoch).toBe(2);
    expect(charts(dataDir)).toEqual(["chart-2.db"]);
    expect((await client.status()).notices).toEqual([]);
  });
});

/** A PC killed while a PIN is checked has counted it as wrong: after the third she has to wait, and then she is let in. */
async function signInOnceLet(
  client: ServiceClient,
  person: { id: string; pin: string },
): Promise<void> {
  for (;;) {
    try {
      await signIn(client, person);
      return;
    } catch (error) {
      const seconds = waitOf(error);
      if (seconds === 0) throw error;
      await sleep(seconds * 1_000);
    }
  }
}

const Waiting = z.object({ data: z.object({ retryAfterSeconds: z.number() }) });

function waitOf(error: unknown): number {
  const waiting = Waiting.safeParse(error);
  return waiting.success ? waiting.data.data.retryAfterSeconds : 0;
}

async function rotation(workstation: string, keys: string[]): Promise<string> {
  const desk = await deskOf(scene);
  const body = { workstation, id: randomUUID(), keys };
  return (await desk.issue("rotation", workstation, body, 30)).jws;
}

/** Told apart, and never printed. */
const printOf = (key: Uint8Array): string => createHash("sha256").update(key).digest("hex");

function secret(dataDir: string, name: KeychainName): Uint8Array {
  const found = openBlockingKeychain(openFiles(dataDir).profile).get(name);
  if (found === null) throw new Error(`the PC has a ${name}`);
  return found;
}

async function workstationKey(dataDir: string): Promise<WorkstationKey> {
  const keychain = openBlockingKeychain(openFiles(dataDir).profile);
  const key = await readWorkstationKey({
    backend: "test",
    get: async (name) => keychain.get(name),
    set: () => Promise.reject(new Error("only read here")),
    delete: () => Promise.reject(new Error("only read here")),
    close: () => Promise.resolve(),
  });
  if (key === null) throw new Error("the PC has a signing key");
  return key;
}

/** Whether the HIS takes a sign-in with this key. */
async function answeredTo(clientId: string, key: WorkstationKey): Promise<"ok" | "refused"> {
  const client = createHisClient({
    baseUrl: scene.his.baseUrl,
    signIn: { clientId, keys: () => [key], scope: "system/*.cruds" },
    fetch,
    now: Date.now,
    random: randomUUID,
  });
  try {
    await client.get("Location?_count=1");
    return "ok";
  } catch {
    return "refused";
  } finally {
    client.close();
  }
}

const charts = (dataDir: string): string[] =>
  readdirSync(existsSync(dataDir) ? dataDir : ".").filter((each) => /^chart.*\.db$/u.test(each));

async function views(client: ServiceClient, of: readonly PatientView[]): Promise<PatientView[]> {
  const all: PatientView[] = [];
  for (const { banner } of of) all.push(await client.patient.view({ patient: banner.patient }));
  return all;
}

/** Without what an act's sending or the time of day changes. */
const factsOf = ({
  banner,
  allergies,
  medicines,
  vitals,
  results,
  problems,
  notes,
}: PatientView) => ({
  banner,
  allergies,
  medicines: medicines.map(({ id }) => id),
  // What was charted here without the HIS is compared by itself, in the outbox.
  vitals: vitals.filter(({ act }) => act === null).map(({ at, values }) => ({ at, values })),
  results,
  problems,
  notes,
});
const facts = async (client: ServiceClient, of: readonly PatientView[]) =>
  (await views(client, of)).map(factsOf);
