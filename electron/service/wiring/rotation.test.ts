import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dieAt } from "../testing/die-at.ts";
import { faultsOf, makeKeysPc, PIN, placeOf, rekeyHere, signIn } from "../testing/keys-pc.ts";
import { keysWork } from "../testing/keys-work.ts";
import { link } from "../audit/index.ts";
import { openChartReader, openJournal, StoreError } from "../store/index.ts";
import {
  createPageOpener,
  createPageSealer,
  INBOX_INFO,
  inboxBinding,
  SealBroken,
  sealingKeyOf,
} from "../vault/index.ts";
import { sampled } from "../testing/sampled.ts";
import { finishVaultRotation, rekeyInThread } from "./upkeep.ts";

let home = "";
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "amanah-rotation-"));
  await makeKeysPc(join(home, "pc"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The same PC again, so that each kill meets it as it was. */
function freshPc(name: string): string {
  const folder = join(home, name);
  cpSync(join(home, "pc"), folder, { recursive: true });
  return folder;
}

test.each(["vault", "device"])(
  "a kill at any step of making the %s key new leaves a PC that her PIN opens whole, and no other PIN",
  async (work) => {
    expect(await faultsOf(freshPc(`${work}-untouched`))).toEqual([]);
    const { said } = await dieAt(work, freshPc(`${work}-whole`), -1);
    expect(await faultsOf(join(home, `${work}-whole`))).toEqual([]);
    for (const [at, name] of sampled([...said.entries()], 3)) {
      const folder = freshPc(`${work}-${at}`);
      expect((await dieAt(work, folder, at)).killed).toBe(true);
      expect(await faultsOf(folder), `after a kill at ${name}`).toEqual([]);
      // And the work can be done once more, whatever was left of the first time.
      await keysWork(work, folder, () => undefined);
      expect(await faultsOf(folder), `again, after a kill at ${name}`).toEqual([]);
    }
  },
  180_000,
);

test("after a rotation nothing on the disk opens with the keys of before", async () => {
  const folder = freshPc("old-keys");
  const before = placeOf(folder);
  const oldKeychain = readFileSync(before.keychainFile, "utf8");
  await keysWork("device", folder, () => undefined);
  await keysWork("vault", folder, () => undefined);
  expect(readdirSync(before.files.dataDir).filter((name) => name.includes("chart"))).toEqual([
    "chart-2.db",
  ]);
  const again = freshPc("old-keys-put-back");
  cpSync(join(folder, "data"), join(again, "data"), { recursive: true });
  expect(readFileSync(placeOf(again).keychainFile, "utf8")).toBe(oldKeychain);
  await expect(faultsOf(again)).rejects.toThrow(/key/u);
});

test("a page that was on its way while the vault key changed is read at the next sign-in, and the old key is forgotten", async () => {
  const folder = freshPc("straggler");
  const { files } = placeOf(folder);
  const before = await signIn(folder, PIN);
  const oldSealer = createPageSealer(sealingKeyOf(before.vault.keys), INBOX_INFO, () => 0);
  before.journal.close();
  await keysWork("vault", folder, () => undefined);
  const { journal, vault, deviceKey } = await signIn(folder, PIN);
  const aad = inboxBinding("pull", "Observation", "late");
  const page = await oldSealer.seal(aad, Buffer.from("LATE"));
  const { seq } = journal.receive({
    page: {
      kind: "pull",
      type: "Observation",
      patient: "late",
      last: false,
      asOf: "late",
      resources: 1,
      sealed: page,
    },
  });
  const opener = createPageOpener(vault.keys.inbox, INBOX_INFO);
  await expect(opener.open(aad, page)).rejects.toThrow(SealBroken);
  const resealed = await finishVaultRotation({
    files,
    journal: { meta: async () => journal.meta() },
    deviceKey,
    vault,
    work: rekeyInThread(),
  });
  expect(resealed).toBe(1);
  const late = journal.inbox(100).find((one) => one.seq === seq);
  expect(Buffer.from(await opener.open(aad, late?.sealed ?? new Uint8Array())).toString()).toBe(
    "LATE",
  );
  expect(journal.meta()["vault.inbox-old"]).toBeUndefined();
  opener.close();
  journal.close();
  vault.close();
});

test("a page that arrives while the chart is copied is sealed anew with the others", async () => {
  const folder = freshPc("meanwhile");
  let arrived = false;
  await keysWork("vault", folder, (name) => {
    if (name !== "pages-sealed" || arrived) return;
    arrived = true;
    const keychain = JSON.parse(readFileSync(placeOf(folder).keychainFile, "utf8")) as Record<
      string,
      string
    >;
    const key = Uint8Array.from(Buffer.from(keychain["device-key"] ?? "", "base64"));
    const journal = openJournal({ file: placeOf(folder).files.journal, key, chain: link });
    // The same sealed bytes once more: a repeat, as the overlap of two pulls brings it.
    const [page] = journal.inbox(1);
    if (page !== undefined) journal.receive({ page });
    journal.close();
  });
  expect(arrived).toBe(true);
  expect(await faultsOf(folder)).toEqual([]);
  const { journal, vault } = await signIn(folder, PIN);
  const opener = createPageOpener(vault.keys.inbox, INBOX_INFO);
  const pages = journal.inbox(100);
  expect(pages).toHaveLength(4);
  for (const page of pages)
    await opener.open(inboxBinding(page.kind, page.type, page.patient), page.sealed);
  opener.close();
  journal.close();
  vault.close();
});

test("a damaged chart is not copied: the keys stay, nothing is lost, and her PIN opens as before", async () => {
  const folder = freshPc("damaged");
  const { files } = placeOf(folder);
  const bytes = readFileSync(files.chart);
  const at = 4096 * 6 + 100;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(files.chart, bytes);
  await expect(keysWork("vault", folder, () => undefined)).rejects.toThrow(StoreError);
  // The first page says whether the file has a log; nothing else was written.
  expect(readFileSync(files.chart).subarray(4096).equals(bytes.subarray(4096))).toBe(true);
  expect(readdirSync(files.dataDir).filter((name) => name.startsWith("chart"))).toEqual([
    "chart.db",
  ]);
  const { vault, journal } = await signIn(folder, PIN);
  expect(vault.epoch).toBe(1);
  vault.close();
  journal.close();
});

test("a chart that somebody still has open is not copied, so that nothing written meanwhile is lost", async () => {
  const folder = freshPc("in-use");
  const { files } = placeOf(folder);
  const { vault, journal } = await signIn(folder, PIN);
  const reader = openChartReader({ file: files.chart, key: vault.keys.chart });
  await expect(keysWork("vault", folder, () => undefined)).rejects.toThrow("in use");
  reader.close();
  journal.close();
  vault.close();
  expect(await faultsOf(folder)).toEqual([]);
});

test("a journal that is too damaged to copy keeps its key, so that salvage can help it", async () => {
  const folder = freshPc("damaged-journal");
  const { files, keychainFile } = placeOf(folder);
  const bytes = readFileSync(files.journal);
  for (let at = 4096 * 2 + 100; at < bytes.length; at += 4096) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(files.journal, bytes);
  const before = readFileSync(keychainFile, "utf8");
  await keysWork("device", folder, () => undefined);
  const { "device-key-next": next, ...after } = JSON.parse(
    readFileSync(keychainFile, "utf8"),
  ) as Record<string, string>;
  expect(next).toBeDefined();
  expect(after).toEqual(JSON.parse(before));
  expect(readFileSync(files.journal).subarray(4096).equals(bytes.subarray(4096))).toBe(true);
});

test("a rotation whose last steps fail is done all the same: she goes on with the new vault", async () => {
  const folder = freshPc("tail-fails");
  const work = rekeyHere(() => undefined);
  await keysWork("vault", folder, () => undefined, {
    ...work,
    stragglers: async () => {
      throw new StoreError("disk-full", "no room");
    },
  });
  const { vault, journal } = await signIn(folder, PIN);
  expect(vault.epoch).toBe(2);
  vault.close();
  journal.close();
  expect(await faultsOf(folder)).toEqual([]);
});

test("both rotations work in their thread, and what comes out is the same PC", async () => {
  const folder = freshPc("thread");
  await keysWork("device", folder, () => undefined, rekeyInThread());
  await keysWork("vault", folder, () => undefined, rekeyInThread());
  expect(await faultsOf(folder)).toEqual([]);
});
