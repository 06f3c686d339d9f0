import { randomUUID } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openBlockingKeychain, type KeychainName } from "../../electron/service/vault/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import { recover } from "../../tools/recover/recover.ts";
import { recoveryKeyOf, rosterOf } from "./desk-room.ts";
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

/** Everything this product ever keeps in a keychain. */
const NAMES: readonly KeychainName[] = [
  "device-key",
  "device-key-next",
  "workstation-key",
  "workstation-key-next",
  "site-pepper",
  "it-seed",
  "pin-failures",
  "generations",
  "audit-anchor",
];
/** Less says nothing when it is found: no wrong PIN is `{}`, in base64url three letters that any escrow file may hold by chance. */
const LEAST_BYTES = 16;

function keysIn(dataDir: string): Map<KeychainName, Uint8Array> {
  const keychain = openBlockingKeychain(openFiles(dataDir).profile);
  return new Map(
    NAMES.flatMap((name) => {
      const secret = keychain.get(name);
      return secret === null ? [] : [[name, secret] as const];
    }),
  );
}

test("a wipe in an outage: unsent charting is recovered by the hospital, no key is left, and what is left holds nothing", async () => {
  const name = "pc-stolen";
  const first = await scene.pc(name);
  const views = await openWard(first.client, scene.his);
  const patient = views[0]?.banner.patient ?? "";
  const { dataDir, client } = first;
  scene.his.switches.set({ outage: true });
  const uuids = [await chart(client, patient, 61), await chart(client, patient, 62)];
  await client.drafts.put({ patient, kind: "note", text: "half a word" });
  // Whoever plans something may have copied all of it, the keychain's part included, the day before.
  const copy = join(scene.folder, "copy");
  const keys = keysIn(dataDir);
  expect([...keys.keys()]).toEqual(expect.arrayContaining(["device-key", "site-pepper"]));
  cpSync(dataDir, copy, { recursive: true });

  const order = { workstation: name, id: randomUUID(), reason: "stolen" };
  const jws = await scene.his.issue("wipe", name, order);
  await client.it.bring({ text: jws });
  const wiped = await statusWhen(client, "wiped", ({ session }) => session.obstacle === "wiped");
  expect(wiped.session).toMatchObject({ state: "sealed", clinicians: [] });
  const { id, pin } = nurseOf(scene.his);
  await expect(client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });

  // The only copy of what was charted, with the hospital's key.
  const left = readdirSync(dataDir);
  const escrow = left.find((file) => file.includes("before-wipe")) ?? "";
  const { acts } = await recover(
    readFileSync(join(dataDir, escrow)),
    recoveryKeyOf(scene),
    rosterOf(scene),
  );
  expect(acts.map(({ uuid, sent, signature }) => ({ uuid, sent, signature }))).toEqual(
    uuids.map((uuid) => ({ uuid, sent: false, signature: "valid" })),
  );

  // No key, no file of records, no word of a patient; and no key that was copied is written anywhere.
  expect([...keysIn(dataDir).keys()]).toEqual([]);
  expect(left.filter((file) => /^(?:journal|chart)/u.test(file))).toEqual([]);
  const words = views.flatMap(({ banner }) => [banner.name.family, banner.patient]);
  const lasting = [...keys].filter(([, kept]) => kept.length >= LEAST_BYTES);
  expect(lasting.map(([key]) => key)).toEqual(
    expect.arrayContaining(["device-key", "site-pepper", "generations"]),
  );
  for (const file of left) {
    const bytes = readFileSync(join(dataDir, file));
    for (const word of [...words, "half a word"]) expect(bytes.includes(word)).toBe(false);
    for (const [key, kept] of lasting)
      for (const form of ["hex", "base64", "base64url"] as const)
        expect(
          bytes.includes(Buffer.from(kept).toString(form)),
          `${key}, ${kept.length} bytes, as ${form} in ${file}`,
        ).toBe(false);
  }
  await first.stop();

  // What remains, with the copied keychain: still wiped, and nothing to open.
  const keychain = openBlockingKeychain(openFiles(dataDir).profile);
  for (const [key, secret] of keys) keychain.set(key, secret);
  const again = await scene.pc(name);
  expect((await again.client.status()).session.obstacle).toBe("wiped");
  await again.stop();

  // NOT prevented: the whole folder put back with its keychain is the PC of before, to who knows a PIN. The HIS's next
  // answer wipes it again.
  rmSync(dataDir, { recursive: true });
  cpSync(copy, dataDir, { recursive: true });
  const restored = await scene.pc(name);
  expect((await restored.client.session.signIn({ clinician: id, pin })).session.state).toBe("open");
  scene.his.switches.set({ outage: false });
  await statusWhen(restored.client, "again", ({ session }) => session.obstacle === "wiped");
  expect([...keysIn(dataDir).keys()]).toEqual([]);
  for (const uuid of uuids)
    await until(
      "sent before it was wiped, or in its escrow file",
      () => Promise.resolve(scene.his.countObservationsByAct(uuid)),
      (found) => found === 7,
    );
});

test("a wipe waits for unsent charting that is nowhere else, over a restart too, and nobody signs in meanwhile", async () => {
  const name = "pc-waits";
  // IT named no recovery key: this PC writes no escrow file.
  const { trust } = scene.his.policyFor(name) as { trust: { controlKey: object } };
  const change = { trust: { controlKey: trust.controlKey } };
  const first = await scene.pc(name, change);
  const [view] = await openWard(first.client, scene.his);
  scene.his.switches.set({ outage: true });
  const uuid = await chart(first.client, view?.banner.patient ?? "", 64);
  const order = { workstation: name, id: randomUUID(), reason: "stolen" };
  const jws = await scene.his.issue("wipe", name, order);
  await first.client.it.bring({ text: jws });
  const { id, pin } = nurseOf(scene.his);
  let pc = first;
  for (let start = 0; start < 2; start += 1) {
    const { session, unsent } = await statusWhen(
      pc.client,
      "waiting",
      (now) => now.session.obstacleDetail?.includes("nowhere else") ?? false,
    );
    expect(session).toMatchObject({ state: "sealed", obstacle: "sealed-by-it" });
    expect(session.obstacleDetail).toContain("1 unsent entries");
    expect(unsent.waiting).toBe(1);
    await expect(pc.client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await pc.stop();
    pc = await scene.pc(name);
  }
  scene.his.switches.set({ outage: false });
  await until(
    "the unsent entry is at the HIS",
    () => Promise.resolve(scene.his.countObservationsByAct(uuid)),
    (found) => found === 7,
  );
  await statusWhen(pc.client, "wiped", ({ session }) => session.obstacle === "wiped");
});

test("with the HIS there a wipe sends what is unsent first; a fresh code joins the PC anew, and the same words spare it", async () => {
  const name = "pc-returned";
  const first = await scene.pc(name);
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  scene.his.switches.set({ outage: true });
  const uuid = await chart(first.client, patient, 63);
  const order = { workstation: name, id: randomUUID(), reason: "repair" };
  await scene.his.issue("wipe", name, order);
  scene.his.switches.set({ outage: false });
  await statusWhen(first.client, "wiped", ({ session }) => session.obstacle === "wiped");
  expect(scene.his.countObservationsByAct(uuid)).toBe(7);
  await first.stop();

  // Neither a restart nor the code of before joins it.
  const second = await scene.pc(name);
  expect((await second.client.status()).session.obstacle).toBe("wiped");
  await second.stop();

  const policy = { ...scene.his.policyFor(name), sync: { intervalSeconds: 1 } };
  writeFileSync(join(scene.folder, name, "policy.json"), JSON.stringify(policy));
  const anew = await scene.pc(name);
  const views = await openWard(anew.client, scene.his);
  expect(views.some(({ vitals }) => vitals[0]?.values.pulse === 63)).toBe(true);
  const statements = (await anew.client.it.keys()).statements.map(({ kind }) => kind);
  expect(statements).toContain("wipe");
  await anew.stop();
  const later = await scene.pc(name);
  expect((await signIn(later.client, nurseOf(scene.his))).session.state).toBe("open");
});
