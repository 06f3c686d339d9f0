import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompactSign } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createHisClient,
  HisError,
  rotateWorkstationKey,
  rotationUnderWay,
} from "../../electron/service/his/index.ts";
import type { SignInKey } from "../../electron/service/his/index.ts";
import { memoryKeychain } from "../../electron/service/testing/index.ts";
import { openDevice, readWorkstationKey } from "../../electron/service/vault/index.ts";
import type { Keychain, WorkstationKey } from "../../electron/service/vault/index.ts";
import { KEY_ROTATION_TYP } from "../../shared/trust/index.ts";
import { startHis } from "./his.ts";
import type { His } from "./his-types.ts";
import { QUICK_KDF } from "./test-workstation.ts";

let folder: string;
let his: His;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "his-"));
  his = await startHis({ dataDir: folder, beds: 4, kdf: QUICK_KDF });
});
afterAll(async () => {
  await his.close();
  rmSync(folder, { recursive: true });
});

const SITE = "amanah-demo";

/** A workstation with a keychain that has joined. */
async function joined(workstation: string) {
  const keychain = memoryKeychain();
  const files = { journalExists: false, chartExists: false };
  await openDevice({ keychain, ...files, random: randomBytes, algorithm: "ES384" });
  const current = await inUse(keychain);
  const answer = await fetch(his.joinUrl, {
    method: "POST",
    body: JSON.stringify({
      code: his.newJoinCode(workstation),
      workstation,
      key: current.publicJwk,
      box: randomBytes(32).toString("base64url"),
    }),
  });
  expect(answer.status).toBe(200);
  return { workstation, keychain, current };
}

async function inUse(keychain: Keychain): Promise<WorkstationKey> {
  const key = await readWorkstationKey(keychain);
  if (key === null) throw new Error("no key in use");
  return key;
}

/** Asks for a record as a workstation that was just started would: with what its keychain holds. */
async function signsIn(
  workstation: string,
  keychain: Keychain,
  only?: SignInKey,
): Promise<boolean> {
  const [current, next] = [await inUse(keychain), await rotationUnderWay(keychain)];
  const client = createHisClient({
    baseUrl: his.baseUrl,
    signIn: {
      clientId: workstation,
      keys: () => (only ? [only] : next ? [current, next] : [current]),
      scope: "system/*.rs",
    },
    fetch,
    now: Date.now,
    random: randomUUID,
  });
  try {
    return (await client.get("Patient?_count=1")).status === 200;
  } catch (error) {
    if (error instanceof HisError && error.failure.kind === "refused") return false;
    throw error;
  }
}

const rotate = (
  workstation: string,
  keychain: Keychain,
  current: WorkstationKey,
  change: { fetch?: typeof fetch; algorithm?: "ES384" | "RS384" } = {},
): Promise<WorkstationKey> =>
  rotateWorkstationKey({
    keychain,
    current,
    algorithm: "ES384",
    site: SITE,
    workstation,
    baseUrl: his.baseUrl,
    joinUrl: his.joinUrl,
    scope: "system/*.rs",
    fetch,
    now: Date.now,
    random: randomUUID,
    ...change,
  });

test("a workstation gets a new key: the old one signs in no more, the new one does", async () => {
  const { workstation, keychain, current } = await joined("rotating-1");
  const next = await rotate(workstation, keychain, current);
  expect(next.thumbprint).not.toBe(current.thumbprint);
  expect((await inUse(keychain)).thumbprint).toBe(next.thumbprint);
  expect(await rotationUnderWay(keychain)).toBe(null);
  expect(await signsIn(workstation, keychain)).toBe(true);
  expect(await signsIn(workstation, keychain, current)).toBe(false);
});

test("a workstation goes over to RS384 where policy says so, and back", async () => {
  const { workstation, keychain, current } = await joined("rotating-2");
  const rsa = await rotate(workstation, keychain, current, { algorithm: "RS384" });
  expect(rsa.algorithm).toBe("RS384");
  expect(await signsIn(workstation, keychain)).toBe(true);
  const curve = await rotate(workstation, keychain, rsa);
  expect(curve.algorithm).toBe("ES384");
  expect(await signsIn(workstation, keychain)).toBe(true);
});

/** Dies at its `at`th effect, before or after the effect took place; everything later fails too, as in a dead process. */
function dying(keychain: Keychain, at: number, when: "before" | "after") {
  let steps = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1;
    if (steps > at || (steps === at && when === "before")) throw new Error("killed");
    const done = await work();
    if (steps === at) throw new Error("killed");
    return done;
  };
  const dead: Keychain = {
    ...keychain,
    set: (name, secret) => step(() => keychain.set(name, secret)),
    delete: (name) => step(() => keychain.delete(name)),
  };
  const cut: typeof fetch = (...given) => step(() => fetch(...given));
  return { keychain: dead, fetch: cut, steps: () => steps };
}

test("killed at any step of a rotation, a workstation still signs in, and ends the rotation next time", async () => {
  const counted = await joined("rotating-count");
  const all = dying(counted.keychain, Number.POSITIVE_INFINITY, "before");
  await rotate(counted.workstation, all.keychain, counted.current, { fetch: all.fetch });
  expect(all.steps()).toBeGreaterThanOrEqual(6);
  for (let at = 1; at <= all.steps(); at += 1)
    for (const when of ["before", "after"] as const) {
      const { workstation, keychain, current } = await joined(`rotating-${at}-${when}`);
      const dead = dying(keychain, at, when);
      await expect(
        rotate(workstation, dead.keychain, current, { fetch: dead.fetch }),
      ).rejects.toThrow(/killed|unreachable/u);
      expect([at, when, await signsIn(workstation, keychain)]).toEqual([at, when, true]);
      await rotate(workstation, keychain, await inUse(keychain));
      expect([at, when, await signsIn(workstation, keychain)]).toEqual([at, when, true]);
      expect(await signsIn(workstation, keychain, current)).toBe(false);
      expect(await rotationUnderWay(keychain)).toBe(null);
    }
});

test("in an outage a rotation waits, and both keys are kept", async () => {
  const { workstation, keychain, current } = await joined("rotating-3");
  his.switches.set({ outage: true });
  try {
    await expect(rotate(workstation, keychain, current)).rejects.toThrow("unreachable");
  } finally {
    his.switches.set({ outage: false });
  }
  expect((await inUse(keychain)).thumbprint).toBe(current.thumbprint);
  expect(await signsIn(workstation, keychain)).toBe(true);
});

test("nobody gives a workstation another key: not a stranger, not a key that was replaced, not another PC", async () => {
  const { workstation, keychain, current } = await joined("rotating-4");
  const other = await joined("rotating-5");
  const mallory = await strangersKey();
  const ask = async (by: WorkstationKey, change: object = {}, kid = by.thumbprint) => {
    const said = {
      v: 1,
      site: SITE,
      workstation,
      at: new Date().toISOString(),
      key: mallory.publicJwk,
      ...change,
    };
    const request = await new CompactSign(new TextEncoder().encode(JSON.stringify(said)))
      .setProtectedHeader({ alg: by.algorithm, typ: KEY_ROTATION_TYP, kid })
      .sign(by.privateKey);
    const url = new URL("rotate-key", his.joinUrl);
    return (await fetch(url, { method: "POST", body: JSON.stringify({ request }) })).status;
  };
  expect(await ask(mallory)).toBe(403);
  expect(await ask(mallory, {}, current.thumbprint)).toBe(403);
  expect(await ask(other.current)).toBe(403);
  expect(await ask(current, { site: "elsewhere" })).toBe(403);
  expect(await ask(current, { workstation: "nobody" })).toBe(403);
  await rotate(workstation, keychain, current);
  expect(await ask(current)).toBe(403);
  expect(await signsIn(workstation, keychain, mallory)).toBe(false);
  expect(await signsIn(workstation, keychain)).toBe(true);
});

async function strangersKey(): Promise<WorkstationKey> {
  const keychain = memoryKeychain();
  const files = { journalExists: false, chartExists: false };
  const device = await openDevice({ keychain, ...files, random: randomBytes, algorithm: "ES384" });
  return device.workstationKey;
}
