import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openFiles } from "../../electron/service/wiring/files.ts";
import { openBlockingKeychain, signStatement } from "../../electron/service/vault/index.ts";
import { STATEMENT_JWS_URL, STATEMENT_SYSTEM } from "../../shared/trust/index.ts";
import { flipPages, PAGE } from "./damage.ts";
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
  until,
  type Scene,
} from "./ward-pc.ts";

/** Sets of vitals, enough that they fill pages of the journal. */
const CHARTED = 40;

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

beforeAll(shareKeychain);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  await scene.close();
});

test("a HIS that is down at the first start is said so, and the PC joins by itself when it comes", async () => {
  scene.his.switches.set({ outage: true });
  const { client } = await scene.pc();
  const { session, connection } = await client.status();
  expect(session).toMatchObject({ state: "sealed", obstacle: "not-joined" });
  expect(connection.state).toBe("outage");
  scene.his.switches.set({ outage: false });
  expect((await openWard(client, scene.his)).length).toBeGreaterThan(0);
});

test("a wrong PIN opens nothing, counts, and the right one opens", async () => {
  const { client } = await scene.pc();
  const { id, pin } = nurseOf(scene.his);
  await statusWhen(client, "her slot", ({ session }) =>
    session.clinicians.some((one) => one.id === id && one.slot === "ready"),
  );
  await expect(client.session.signIn({ clinician: id, pin: "000000" })).rejects.toMatchObject({
    code: "WRONG_PIN",
    data: { attempts: 1 },
  });
  await expect(client.ward.board({})).rejects.toMatchObject({ code: "LOCKED" });
  await client.session.signIn({ clinician: id, pin });
  expect((await client.status()).session.state).toBe("open");
});

test("a keychain that is empty over an existing cache: refused, not a byte changed, nothing minted", async () => {
  const first = await scene.pc();
  await openWard(first.client, scene.his);
  await first.stop();
  const files = ["journal.db", "chart.db"].map((name) => join(first.dataDir, name));
  const before = files.map(hashOf);
  loseDeviceKey(first.dataDir);
  const second = await scene.pc();
  const { session } = await second.client.status();
  expect(session).toMatchObject({ state: "sealed", obstacle: "keys-lost" });
  await second.stop();
  const third = await scene.pc();
  expect((await third.client.status()).session.obstacle).toBe("keys-lost");
  expect(files.map(hashOf)).toEqual(before);
});

test("a workstation key that was lost is made again, and the PC joins anew with a fresh code from IT", async () => {
  const first = await scene.pc();
  const [view] = await openWard(first.client, scene.his);
  await first.stop();
  openBlockingKeychain(openFiles(first.dataDir).profile).delete("workstation-key");
  const refused = await scene.pc();
  await statusWhen(refused.client, "the HIS refuses a stranger", ({ connection }) =>
    ["refused", "outage"].includes(connection.state),
  );
  // The cache opens all the same: only the HIS does not know this PC any more.
  await signIn(refused.client, nurseOf(scene.his));
  const patient = view?.banner.patient ?? "";
  expect((await refused.client.patient.view({ patient })).banner.name).toEqual(view?.banner.name);
  await refused.stop();
  // Over this restart the journal remembers that it must join again.
  writeFileSync(
    join(scene.folder, "pc-1", "policy.json"),
    JSON.stringify(scene.his.policyFor("pc-1")),
  );
  const again = await scene.pc();
  await statusWhen(again.client, "live", ({ connection }) => connection.state === "live");
});

test("no keychain at all: said so, and nothing is written in its place", () => {
  // A process of its own: the keychain library keeps its first connection.
  const answer = execFileSync(
    process.execPath,
    [fileURLToPath(new URL("no-keychain.ts", import.meta.url)), join(scene.folder, "pc-9")],
    {
      encoding: "utf8",
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${scene.folder}/nobody` },
    },
  );
  expect(JSON.parse(answer)).toEqual({ obstacle: "keychain-missing", databases: [] });
});

test("a journal of another PC does not open, and is left as it is", async () => {
  const other = await scene.pc("pc-2");
  await openWard(other.client, scene.his);
  await other.stop();
  const mine = await scene.pc("pc-1");
  await mine.stop();
  const file = join(mine.dataDir, "journal.db");
  for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  copyFileSync(join(other.dataDir, "journal.db"), file);
  const before = hashOf(file);
  const again = await scene.pc("pc-1");
  expect((await again.client.status()).session.obstacle).toBe("wrong-key");
  expect(hashOf(file)).toBe(before);
});

test("a roster entry that the control key did not sign lets nobody in, and is in the trail", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const forger = await webcrypto.subtle.importKey(
    "pkcs8",
    privateKey.export({ format: "der", type: "pkcs8" }),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  const { client } = await scene.pc();
  const { session } = await statusWhen(
    client,
    "slots",
    ({ session: { clinicians } }) =>
      clinicians.length > 0 && clinicians.every(({ slot }) => slot !== "pending"),
  );
  const before = session.clinicians;
  const entries = (await client.workstation.view()).audit.entries;
  const jws = await signStatement(
    {
      v: 1,
      site: "amanah-demo",
      kind: "revocation",
      subject: nurseOf(scene.his).id,
      number: 99,
      issuedAt: new Date(Date.now() - 1_000).toISOString(),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      body: {
        clinician: nurseOf(scene.his).id,
        from: new Date(Date.now() - 1_000).toISOString(),
        reason: "forged",
      },
    },
    forger,
    "forged",
  );
  await scene.his.put({
    resourceType: "Basic",
    id: "forged",
    code: { coding: [{ system: STATEMENT_SYSTEM, code: "revocation" }] },
    extension: [{ url: STATEMENT_JWS_URL, valueString: jws }],
  });
  await until(
    "the forgery is in the trail",
    async () => (await client.workstation.view()).audit,
    (now) => now.entries > entries,
  );
  expect((await trailChecked(client)).whole).toBe(true);
  expect((await client.status()).session.clinicians).toEqual(before);
  await signIn(client, nurseOf(scene.his));
});

test("an allergy that cannot be read never vanishes: the last good one stays, and the record is named", async () => {
  const { client } = await scene.pc();
  const views = await openWard(client, scene.his);
  const view = views.find(
    ({ allergies, banner }) => banner.allergies.status === "listed" && allergies.length > 0,
  );
  const allergy = view?.allergies[0];
  if (view === undefined || allergy === undefined) throw new Error("the ward has an allergy");
  await scene.his.changeAllergy({ id: allergy.id, change: "invalid" });
  const patient = view.banner.patient;
  const after = await until(
    "the unreadable record is in sight",
    () => client.patient.view({ patient }),
    ({ banner }) => banner.allergies.section.unreadable.length > 0,
  );
  expect(after.allergies.map(({ id }) => id)).toContain(allergy.id);
  expect(after.banner.allergies.items.map(({ substance }) => substance)).toContain(
    allergy.substance,
  );
});

test("a HIS that answers HTML or half a bundle changes nothing on the screen and says what is wrong", async () => {
  const { client } = await scene.pc();
  const [view] = await openWard(client, scene.his);
  if (view === undefined) throw new Error("the ward has a patient");
  for (const garbage of ["html", "truncated"] as const) {
    scene.his.switches.set({ garbage });
    await statusWhen(client, garbage, ({ connection }) => connection.detail !== null);
    const now = await client.patient.view({ patient: view.banner.patient });
    expect(now.results).toEqual(view.results);
    expect(now.allergies).toEqual(view.allergies);
    scene.his.switches.set({ garbage: null });
    await statusWhen(client, "live", ({ connection }) => connection.state === "live");
  }
});

test("flipped bytes in the chart while the HIS is down: the ward opens, and what is lost says so", async () => {
  const first = await scene.pc();
  const whole = await openWard(first.client, scene.his);
  await first.stop();
  scene.his.switches.set({ outage: true });
  const file = join(first.dataDir, "chart.db");
  // Where chunks lie depends on what was generated and in which order it came: with every second page after the first quarter
  // broken, every chunk that is longer than a page there is hit.
  const pages = statSync(file).size / PAGE;
  flipPages(file, Math.floor(pages / 4), 2);

  const second = await scene.pc();
  await signIn(second.client, nurseOf(scene.his));
  const board = await second.client.ward.board({});
  expect(board.rows.filter(({ patient }) => patient !== null)).toHaveLength(whole.length);
  let damaged = 0;
  // Sections that lost something and do not say so.
  const silent: string[] = [];
  for (const before of whole) {
    const now = await second.client.patient.view({ patient: before.banner.patient });
    const sections = [
      [now.banner.allergies.section, now.allergies, before.allergies],
      [now.vitalsSection, now.vitals, before.vitals],
      [now.resultsSection, now.results, before.results],
      [now.medicinesSection, now.medicines, before.medicines],
    ] as const;
    for (const [section, items, then] of sections) {
      if (!section.loaded || section.damaged) damaged += 1;
      else if (items.length !== then.length) silent.push(before.banner.patient);
    }
  }
  expect(silent).toEqual([]);
  expect((await trailChecked(second.client)).whole).toBe(true);

  scene.his.switches.set({ outage: false });
  for (const { banner } of whole)
    await until(
      "the gaps are filled",
      () => second.client.patient.view({ patient: banner.patient }),
      ({ resultsSection, vitalsSection, banner: { allergies } }) =>
        [resultsSection, vitalsSection, allergies.section].every(
          ({ loaded, damaged: lost }) => loaded && !lost,
        ),
    );
  for (const before of whole) {
    const now = await second.client.patient.view({ patient: before.banner.patient });
    expect(now.results).toEqual(before.results);
    expect(now.vitals.map(({ at }) => at)).toEqual(before.vitals.map(({ at }) => at));
  }
  expect(damaged, `of ${whole.length} patients in ${pages} pages`).toBeGreaterThan(0);
});

test("flipped bytes in the journal while the HIS is down: each unsent act is there or counted, the ward is read, and charting goes on", async () => {
  const first = await scene.pc();
  const whole = await openWard(first.client, scene.his);
  scene.his.switches.set({ outage: true });
  const patient = whole[0]?.banner.patient ?? "";
  for (let pulse = 60; pulse < 60 + CHARTED; pulse += 1) await chart(first.client, patient, pulse);
  await first.stop();
  const file = join(first.dataDir, "journal.db");
  flipPages(file, 7, 5);

  const second = await scene.pc();
  await signIn(second.client, nurseOf(scene.his));
  const board = await second.client.ward.board({});
  expect(board.rows.filter((row) => row.patient !== null)).toHaveLength(whole.length);
  const kept = (await second.client.outbox.list()).length;
  const { rollback } = await second.client.it.keys();
  const said = /(\d+) unsent acts are only in the escrow file/u.exec(rollback.found.join());
  expect(kept + Number(said?.[1] ?? 0)).toBe(CHARTED);
  expect(kept).toBeLessThan(CHARTED);
  const later = await chart(second.client, patient, 99);
  scene.his.switches.set({ outage: false });
  await statusWhen(second.client, "drained", ({ unsent }) => unsent.waiting === 0);
  expect(scene.his.countObservationsByAct(later)).toBeGreaterThan(0);
});

test("a full disk refuses the save, keeps what was saved, and takes it once there is room", async () => {
  const disk = join(scene.folder, "small");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
  try {
    const { client, stop } = await scene.pc("small");
    const [view] = await openWard(client, scene.his);
    const patient = view?.banner.patient ?? "";
    scene.his.switches.set({ outage: true });
    const kept = await chart(client, patient, 80);
    fill(join(disk, "ballast"));
    const error = await filledUp(client, patient);
    expect(error).toMatchObject({ code: "UNAVAILABLE", data: { what: "disk-full" } });
    expect((await client.outbox.list()).map(({ uuid }) => uuid)).toContain(kept);
    rmSync(join(disk, "ballast"));
    const later = await chart(client, patient, 90);
    const waiting = (await client.outbox.list()).map(({ uuid }) => uuid);
    expect(waiting).toEqual(expect.arrayContaining([kept, later]));
    scene.his.switches.set({ outage: false });
    await statusWhen(client, "drained", ({ unsent }) => unsent.waiting === 0);
    expect(scene.his.countObservationsByAct(kept)).toBe(7);
    expect(scene.his.countObservationsByAct(later)).toBe(7);
    await stop();
  } finally {
    execFileSync("umount", ["-l", disk]);
  }
});

/** A full disk still has room in pages already allocated: chart until one save is refused. */
async function filledUp(client: Parameters<typeof chart>[0], patient: string): Promise<unknown> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      await chart(client, patient, 100 + (tries % 50));
    } catch (error) {
      return error;
    }
  }
  throw new Error("the disk never filled");
}

/** As if the OS had lost it: the entry is gone, the keychain itself answers. */
function loseDeviceKey(dataDir: string): void {
  openBlockingKeychain(openFiles(dataDir).profile).delete("device-key");
}

function fill(file: string): void {
  const block = Buffer.alloc(64 * 1024, 1);
  writeFileSync(file, "");
  const handle = openSync(file, "a");
  for (const bytes of [block.length, 4096, 512]) {
    try {
      for (;;) writeSync(handle, block, 0, bytes);
    } catch {
      // Full for this size; smaller pieces may still fit.
    }
  }
  closeSync(handle);
}
