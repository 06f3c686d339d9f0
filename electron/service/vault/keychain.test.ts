/**
 * Against a real Secret Service (gnome-keyring on a private D-Bus), because the difference between "no entry" and "locked"
 * is exactly what stand-ins get wrong. Where dbus or gnome-keyring is missing these tests fail: `npm test` installs them.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const module = (name: string): string => new URL(name, import.meta.url).href;

/** Runs one step on the keychain in a fresh process, as a fresh start of the app would, and prints one JSON line. */
const step = (body: string): string => `
  import { keychainBackend, openBlockingKeychain } from "${module("keychain.ts")}";
  import { openDevice } from "${module("device.ts")}";
  const answer = (value) => console.log(JSON.stringify(value));
  try {
    const keychain = openBlockingKeychain(process.env.PROFILE);
    ${body}
  } catch (error) {
    answer({ error: error.name, code: error.code ?? error.why ?? error.message });
  }`;

const START = (exists: boolean): string => `
  const device = await openDevice({ algorithm: "ES384", keychain, journalExists: ${exists}, chartExists: ${exists},
    random: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  answer({ minted: device.minted, key: Buffer.from(device.deviceKey).toString("hex") });`;

const UNLOCKED = `printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null`;
const LOCK =
  "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets " +
  "org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "amanah-keychain-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Runs a shell script in a session of its own (a private bus, HOME and runtime folder); `$STEP_n` are the steps. */
async function session(script: string, steps: readonly string[], bus = true): Promise<unknown[]> {
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_RUNTIME_DIR: home,
    NODE: process.execPath,
    // Its own name, so that not even a kernel keyring filled by a broken build could answer for another run.
    PROFILE: basename(home),
  };
  for (const [at, body] of steps.entries()) env[`STEP_${at}`] = step(body);
  const run = 'run() { "$NODE" --input-type=module -e "$1" 2>/dev/null; };';
  const shell = ["bash", "-c", `${run} ${script}`];
  const [command = "", ...rest] = bus ? ["dbus-run-session", "--", ...shell] : shell;
  const child = spawn(command, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  const answers = out.split("\n").filter((line) => line.startsWith("{"));
  if (answers.length === 0) throw new Error(`the session answered nothing: ${complaints}`);
  return answers.map((line): unknown => JSON.parse(line));
}

test("an unlocked keychain keeps bytes as they are; a missing entry is null", async () => {
  const answers = await session(`${UNLOCKED}; run "$STEP_0"`, [
    `const before = keychain.get("device-key");
     keychain.set("device-key", Uint8Array.of(0, 255, 10, 128));
     const kept = [...keychain.get("device-key")];
     keychain.delete("device-key");
     answer({ before, kept, after: keychain.get("device-key"), backend: keychainBackend(process.platform) });`,
  ]);
  expect(answers).toEqual([
    { before: null, kept: [0, 255, 10, 128], after: null, backend: "Secret Service" },
  ]);
});

test("a locked keychain says locked, for an entry it holds and for one it does not", async () => {
  const answers = await session(
    `${UNLOCKED}; run "$STEP_0"; ${LOCK}; run "$STEP_1"; run "$STEP_2"; run "$STEP_3"`,
    [
      `keychain.set("device-key", new Uint8Array(32)); answer({ set: true });`,
      `answer({ got: keychain.get("device-key") });`,
      `answer({ got: keychain.get("site-pepper") });`,
      `keychain.set("site-pepper", new Uint8Array(32)); answer({ set: true });`,
    ],
  );
  const locked = { error: "KeychainError", code: "keychain-locked" };
  expect(answers).toEqual([{ set: true }, locked, locked, locked]);
});

test("without any Secret Service nothing is kept anywhere: not in the kernel's keyring, not in a file", async () => {
  const answers = await session(
    `run "$STEP_0"; run "$STEP_1"; run "$STEP_2"`,
    [
      `keychain.set("device-key", new Uint8Array(32)); answer({ set: true });`,
      `answer({ got: keychain.get("device-key") });`,
      START(false),
    ],
    false,
  );
  const missing = { error: "KeychainError", code: "keychain-missing" };
  expect(answers).toEqual([missing, missing, missing]);
  // The library left to itself would have put the key into the kernel's keyring, which a reboot empties.
  const kernel = process.platform === "linux" ? await readFile("/proc/keys", "utf8") : "";
  expect(kernel).not.toContain(basename(home));
  expect(await readdir(home)).toEqual([]);
});

test("a Secret Service without a keyring is a missing keychain, not an empty one", async () => {
  const answers = await session(
    `gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; run "$STEP_0"; run "$STEP_1"`,
    [`answer({ got: keychain.get("device-key") });`, START(true)],
  );
  for (const answer of answers) expect(answer).toMatchObject({ error: "KeychainError" });
});

test("a PC's first start makes its keys; a locked keychain later never makes a second one over the records", async () => {
  const answers = await session(
    `${UNLOCKED}; run "$STEP_0"; run "$STEP_1"; ${LOCK}; run "$STEP_1"; run "$STEP_0"`,
    [START(false), START(true)],
  );
  const [first, second, ...locked] = answers;
  expect(first).toMatchObject({ minted: ["workstation-key", "device-key"] });
  expect(second).toEqual({ ...(first as object), minted: [] });
  expect(locked).toEqual([
    { error: "KeychainError", code: "keychain-locked" },
    { error: "KeychainError", code: "keychain-locked" },
  ]);
});

test("an emptied keychain over existing records is keys lost, and stays empty", async () => {
  const answers = await session(`${UNLOCKED}; run "$STEP_0"; run "$STEP_1"`, [
    START(true),
    `answer({ device: keychain.get("device-key"), workstation: keychain.get("workstation-key") });`,
  ]);
  expect(answers).toEqual([
    { error: "KeysLost", code: "missing" },
    { device: null, workstation: null },
  ]);
});

test("the keys outlive the session they were made in", async () => {
  const [first] = await session(`${UNLOCKED}; run "$STEP_0"`, [START(false)]);
  const [second] = await session(`${UNLOCKED}; run "$STEP_0"`, [START(true)]);
  expect(second).toEqual({ ...(first as object), minted: [] });
});
