import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { utf8 } from "./bytes.ts";
import { encodeRecord, RECORD, scanEscrow } from "./escrow-format.ts";
import { openEscrow, recoverEscrow, type Escrow } from "./escrow.ts";
import { makeRecoveryKeys } from "./x25519.ts";

const recovery = makeRecoveryKeys();
let folder = "";
let file = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "amanah-escrow-"));
  file = join(folder, "escrow.amanah");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function opened(rewriteBytes?: number): Promise<Escrow> {
  return openEscrow({
    file,
    site: "north",
    workstation: "pc-1",
    version: "0.1.0",
    recoveryKey: recovery.publicKey,
    ...(rewriteBytes === undefined ? {} : { rewriteBytes }),
  });
}

const recovered = async () => recoverEscrow(await readFile(file), recovery.privateKey);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("IT recovers every unsent act with the hospital's key, and nobody without it", async () => {
  const escrow = await opened();
  expect(await escrow.append("a", utf8("SpO2 91"))).toBe(1);
  expect(await escrow.append("b", utf8("pulse 118"))).toBe(2);
  expect(await escrow.append("a", utf8("SpO2 91"))).toBe(1);
  await escrow.tombstone("a");
  await escrow.close();

  expect((await readFile(file)).includes("SpO2")).toBe(false);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const got = await recovered();
  expect(got.header).toMatchObject({ format: 1, site: "north", workstation: "pc-1" });
  expect(got.acts.map(({ uuid, sent, bytes }) => [uuid, sent, textOf(bytes)])).toEqual([
    ["a", true, "SpO2 91"],
    ["b", false, "pulse 118"],
  ]);
  const foreign = await recoverEscrow(await readFile(file), makeRecoveryKeys().privateKey);
  expect(foreign.acts).toEqual([]);
  expect(foreign.unopened).toHaveLength(2);
});

test("at start it says which unsent acts it lacks, and numbers go on", async () => {
  const before = await opened();
  await before.append("a", utf8("1"));
  await before.append("b", utf8("2"));
  await before.tombstone("b");
  await before.close();
  const escrow = await opened();
  expect(escrow.live()).toEqual(["a"]);
  expect(escrow.missing(["a", "b", "c"])).toEqual(["b", "c"]);
  expect(await escrow.append("c", utf8("3"))).toBe(4);
  await escrow.close();
});

test("acts kept at the same time are all kept, each under its own number", async () => {
  const escrow = await opened();
  const uuids = Array.from({ length: 20 }, (_, n) => `act-${n}`);
  const numbers = await Promise.all(uuids.map((uuid) => escrow.append(uuid, utf8(uuid))));
  expect(new Set(numbers).size).toBe(20);
  await escrow.close();
  expect((await recovered()).acts.map(({ uuid }) => uuid)).toEqual(uuids);
});

test("a power cut at any byte of the last act loses at most that act, and charting goes on", async () => {
  const escrow = await opened();
  await escrow.append("first", utf8("kept"));
  const whole = (await stat(file)).size;
  await escrow.append("last", utf8("torn"));
  await escrow.close();
  const bytes = await readFile(file);
  const append = encodeRecord(RECORD.tombstone, utf8(JSON.stringify({ number: 9, uuid: "first" })));
  for (let cut = whole; cut < bytes.length; cut += 1) {
    const torn = bytes.subarray(0, cut);
    const read = await recoverEscrow(torn, recovery.privateKey);
    expect(read.acts.map(({ uuid }) => uuid)).toEqual(["first"]);
    // What is written after the torn stretch is found again.
    const later = scanEscrow(Buffer.concat([torn, append]));
    expect(later.records.at(-1)?.kind).toBe(RECORD.tombstone);
    expect(later.damaged.length).toBe(cut === whole ? 0 : 1);
  }
  await writeFile(file, bytes.subarray(0, bytes.length - 3));
  const after = await opened();
  expect(after.damaged).toBe(1);
  expect(after.missing(["first", "last"])).toEqual(["last"]);
  await after.append("last", utf8("torn"));
  await after.close();
  expect((await recovered()).acts.map(({ uuid }) => uuid)).toEqual(["first", "last"]);
});

test("one damaged byte anywhere costs one act at most, never the rest", async () => {
  const escrow = await opened();
  for (const uuid of ["a", "b", "c"]) await escrow.append(uuid, utf8(uuid));
  await escrow.close();
  const bytes = await readFile(file);
  for (let at = 0; at < bytes.length; at += 3) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    const read = await recoverEscrow(damaged, recovery.privateKey);
    expect(read.acts.length).toBeGreaterThanOrEqual(2);
    expect(read.damaged.length).toBe(1);
  }
});

test("an act of one number cannot be passed off as another's", async () => {
  const escrow = await opened();
  await escrow.append("aaaa", utf8("1"));
  await escrow.close();
  const scanned = scanEscrow(await readFile(file));
  const entry = scanned.records.find((one) => one.kind === RECORD.entry);
  const renamed = Buffer.from(entry?.body ?? []);
  renamed.write("bbbb", renamed.indexOf("aaaa"));
  const read = await recoverEscrow(encodeRecord(RECORD.entry, renamed), recovery.privateKey);
  expect(read.acts).toEqual([]);
  expect(read.unopened).toEqual([{ number: 1, uuid: "bbbb" }]);
});

test("a file full of sent acts is rewritten with the unsent ones; numbers are not used twice", async () => {
  const escrow = await opened();
  for (const uuid of ["a", "b", "c"]) await escrow.append(uuid, new Uint8Array(2_000));
  await escrow.tombstone("a");
  await escrow.tombstone("c");
  await escrow.close();
  const before = (await stat(file)).size;
  const after = await opened(1_000);
  expect((await stat(file)).size).toBeLessThan(before / 2);
  expect(after.live()).toEqual(["b"]);
  expect(await after.append("d", utf8("d"))).toBe(6);
  await after.close();
  expect((await recovered()).acts.map(({ uuid, sent }) => [uuid, sent])).toEqual([
    ["b", false],
    ["d", false],
  ]);
});

test("a file that has grown by what the HIS already has is made small while it is in use, and numbers go on", async () => {
  const escrow = await opened(2_000);
  await escrow.append("kept", utf8("SpO2 91"));
  expect(await escrow.compact()).toBe(false);
  for (let act = 0; act < 30; act += 1) {
    await escrow.append(`sent-${act}`, utf8("pulse 80".repeat(20)));
    await escrow.tombstone(`sent-${act}`);
  }
  const before = (await stat(file)).size;
  const [compacted, number] = await Promise.all([
    escrow.compact(),
    escrow.append("meanwhile", utf8("pulse 118")),
  ]);
  expect(compacted).toBe(true);
  expect(number).toBe(62);
  expect((await stat(file)).size).toBeLessThan(before / 5);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(escrow.live()).toEqual(["kept", "meanwhile"]);
  await escrow.close();
  const { acts, damaged, header } = await recovered();
  expect(acts.map(({ uuid, bytes }) => [uuid, textOf(bytes)])).toEqual([
    ["kept", "SpO2 91"],
    ["meanwhile", "pulse 118"],
  ]);
  expect(damaged).toEqual([]);
  expect(header?.workstation).toBe("pc-1");
});

test("a file with a torn stretch is never made small: what is torn may be somebody's charting", async () => {
  const escrow = await opened(100);
  await escrow.append("a", utf8("1".repeat(300)));
  await escrow.tombstone("a");
  await writeFile(file, Buffer.concat([await readFile(file), Buffer.from("AMR1 torn")]));
  expect(await escrow.compact()).toBe(false);
  await escrow.close();
});
