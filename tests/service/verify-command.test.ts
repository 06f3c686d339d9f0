import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openFiles } from "../../electron/service/wiring/files.ts";
import { openKeychain } from "../../electron/service/wiring/keychain.ts";
import { KeychainError } from "../../electron/service/vault/index.ts";
import { joinedKeychain, startPc, tampered } from "./trail-pc.ts";
import { shareKeychain } from "./ward-pc.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Entries of the trail, after how many of them it was signed, and when a thief has copied the file. */
const ENTRIES = 30;
const SIGNED = new Set([10, 20, 30]);
const COPIED = 15;
const AFTER_A_CRASH_MS = 3_000;

/** What somebody does to the journal of a ward PC who has the device key and a database tool, and where that shows. */
const HARM: readonly (readonly [what: string, harm: (journal: string) => void, where: string])[] = [
  [
    "in which an entry was edited",
    (journal) =>
      tampered(journal, [["UPDATE audit SET body = replace(body, 'huda', 'sara') WHERE seq = 7"]]),
    "changed at entry 7 (entries there: 30)",
  ],
  [
    "that was cut short",
    (journal) =>
      tampered(journal, [
        ["DELETE FROM audit WHERE seq > 24"],
        ["DELETE FROM audit_heads WHERE seq > 24"],
      ]),
    "cut-off at entry 25 (entries there: 24)",
  ],
  [
    "of which two entries changed places",
    (journal) =>
      tampered(journal, [
        ["UPDATE audit SET seq = 0 WHERE seq = 12"],
        ["UPDATE audit SET seq = 12 WHERE seq = 13"],
        ["UPDATE audit SET seq = 13 WHERE seq = 0"],
      ]),
    "changed at entry 12 (entries there: 30)",
  ],
  [
    "whose file of hours before was put back",
    (journal) => {
      for (const part of ["", "-wal", "-shm"]) rmSync(`${journal}${part}`, { force: true });
      copy(`${journal}.older`, journal);
    },
    "cut-off at entry 16 (entries there: 15)",
  ],
];

let folder: string;
const ran = new Map<string, Promise<Ran>>();
interface Ran {
  readonly code: number | null;
  readonly said: string;
}

beforeAll(async () => {
  await shareKeychain();
  try {
    await prepare();
  } catch (error) {
    // gnome-keyring was seen to crash when many ask at once, and vitest tries no hook a second time.
    if (!(error instanceof KeychainError)) throw error;
    await Promise.allSettled(ran.values());
    ran.clear();
    rmSync(folder, { recursive: true, force: true });
    await sleep(AFTER_A_CRASH_MS);
    await prepare();
  }
});

async function prepare(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "amanah-verify-"));
  const whole = join(folder, "whole");
  await workForADay(whole);
  // All at once: each is a process of its own, and waits more than it works.
  ran.set("whole", run("tools/run.mjs", "verify", "--data-dir", whole, "--json"));
  for (const [what, harm] of HARM) {
    const dataDir = join(folder, what.replaceAll(" ", "-"));
    await moveTo(dataDir, whole);
    harm(openFiles(dataDir).journal);
    ran.set(what, run("tools/verify/index.ts", "--data-dir", dataDir));
  }
  await Promise.all(ran.values());
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A ward PC with its keys in the real keychain, and the trail of a day. */
async function workForADay(dataDir: string): Promise<void> {
  const { profile, journal } = openFiles(dataDir);
  const keychain = openKeychain(profile);
  await joinedKeychain(keychain);
  const pc = await startPc(journal, keychain);
  for (let n = 1; n <= ENTRIES; n += 1) {
    await pc.record({ kind: "patient-read", clinician: "huda", patient: `p${n}` });
    if (SIGNED.has(n)) await pc.heads.sign();
    if (n === COPIED) copy(journal, `${journal}.older`);
  }
  pc.close();
  await keychain.close();
}

/** The same PC in another folder: its files, and what its keychain knows of them. */
async function moveTo(dataDir: string, from: string): Promise<void> {
  const [to, before] = [openFiles(dataDir), openFiles(from)];
  for (const name of readdirSync(from)) cpSync(join(from, name), join(dataDir, basename(name)));
  const [source, target] = [openKeychain(before.profile), openKeychain(to.profile)];
  for (const name of ["device-key", "workstation-key", "audit-anchor"] as const)
    await target.set(name, (await source.get(name)) ?? new Uint8Array());
  await Promise.all([source.close(), target.close()]);
}

/** A database as it lies there, with what its log holds. */
function copy(from: string, to: string): void {
  for (const part of ["", "-wal"])
    if (existsSync(`${from}${part}`)) cpSync(`${from}${part}`, `${to}${part}`);
}

/** The program as IT starts it, in a process of its own, and what it says. */
async function run(...command: string[]): Promise<Ran> {
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    // As `tools/run.mjs` has it.
    env: { ...process.env, NODE_COMPILE_CACHE: join("node_modules", ".cache", "compiled") },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const code = await new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  return { code, said: said.join("").trim() };
}

test("npm run verify ends with 0 and says how far the trail is signed when it is whole", async () => {
  const { code, said } = (await ran.get("whole")) ?? {};
  expect(JSON.parse(said?.split("\n").at(-1) ?? "")).toMatchObject({
    entries: ENTRIES,
    broken: null,
    signedTo: ENTRIES,
  });
  expect(code).toBe(0);
});

test.each(HARM)(
  "npm run verify ends with 2 and names the place in a trail %s",
  async (what, _harm, where) => {
    const found = await ran.get(what);
    expect(found?.said).toContain(`NOT WHOLE: ${where}`);
    expect(found?.code).toBe(2);
  },
);

test("npm run verify ends with 1 where there is no trail to check, says why, and makes nothing", async () => {
  const mistyped = join(folder, "no-such-pc");
  const answer = await run("tools/verify/index.ts", "--data-dir", mistyped);
  expect(answer).toEqual({ code: 1, said: `${mistyped} is not there` });
  expect(existsSync(mistyped)).toBe(false);
});
