import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { DeviceSecrets, Keychain } from "./types.ts";
import { makeHospital, memoryKeychain, NOW, SITE, WORKSTATION } from "../testing/index.ts";
import { KeysLost, openDevice } from "./device.ts";
import { acceptJoin, makeJoinRequest, OtherSite, sealForJoin } from "./join.ts";
import { KeychainError } from "./keychain.ts";
import { StatementRefused } from "./statement.ts";
import { adoptNextWorkstationKey, nextWorkstationKey } from "./workstation-key.ts";

const start = (
  keychain: Keychain,
  files: { journalExists?: boolean; chartExists?: boolean; algorithm?: "ES384" | "RS384" } = {},
): Promise<DeviceSecrets> =>
  openDevice({
    keychain,
    journalExists: false,
    chartExists: false,
    random: randomBytes,
    algorithm: "ES384",
    ...files,
  });

test("a first start makes the keys once; the next start finds the same ones", async () => {
  const keychain = memoryKeychain();
  const first = await start(keychain);
  expect(first.minted).toEqual(["workstation-key", "device-key"]);
  expect(first.pepper).toBe(null);
  const second = await start(keychain, { journalExists: true, chartExists: true });
  expect(second.deviceKey).toEqual(first.deviceKey);
  expect(second.workstationKey.thumbprint).toBe(first.workstationKey.thumbprint);
  expect(second.minted).toEqual([]);
});

test.each([{ journalExists: true }, { chartExists: true }])(
  "no second key is ever made over existing records (%o)",
  async (files) => {
    const keychain = memoryKeychain();
    await expect(start(keychain, files)).rejects.toBeInstanceOf(KeysLost);
    expect(keychain.held.size).toBe(0);
  },
);

test("a device key that is no key any more is kept for IT, not replaced", async () => {
  const keychain = memoryKeychain();
  await keychain.set("device-key", new Uint8Array(31));
  await expect(start(keychain)).rejects.toMatchObject({ why: "damaged" });
  expect(keychain.held.get("device-key")).toEqual(new Uint8Array(31));
});

test("a first start cut off between its two keys is finished by the next one", async () => {
  const keychain = memoryKeychain();
  let writes = 0;
  const dying: Keychain = {
    ...keychain,
    async set(name, secret) {
      writes += 1;
      if (writes === 2) throw new KeychainError("keychain-locked");
      await keychain.set(name, secret);
    },
  };
  await expect(start(dying)).rejects.toBeInstanceOf(KeychainError);
  expect([...keychain.held.keys()]).toEqual(["workstation-key"]);
  expect((await start(keychain)).minted).toEqual(["device-key"]);
});

test("a keychain that forgets at once what it was given is not trusted with a cache", async () => {
  const forgetful: Keychain = { ...memoryKeychain(), set: async () => {}, get: async () => null };
  await expect(start(forgetful)).rejects.toBeInstanceOf(KeychainError);
});

test("a lost workstation key closes no records: a new one is made and said", async () => {
  const keychain = memoryKeychain();
  const first = await start(keychain);
  await keychain.delete("workstation-key");
  const next = await start(keychain, { journalExists: true });
  expect(next.minted).toEqual(["workstation-key"]);
  expect(next.deviceKey).toEqual(first.deviceKey);
});

test.each([
  ["ES384", { kty: "EC", crv: "P-384" }],
  ["RS384", { kty: "RSA" }],
] as const)(
  "where the HIS wants %s, the workstation's key is of that kind",
  async (algorithm, jwk) => {
    const keychain = memoryKeychain();
    const { workstationKey } = await start(keychain, { algorithm });
    expect(workstationKey).toMatchObject({ algorithm, publicJwk: jwk });
    expect(workstationKey.privateKey.extractable).toBe(false);
    const again = await start(keychain, { algorithm, journalExists: true });
    expect(again.workstationKey.thumbprint).toBe(workstationKey.thumbprint);
  },
);

test("an RSA key fits what the Windows Credential Manager holds for one entry", async () => {
  const keychain = memoryKeychain();
  await start(keychain, { algorithm: "RS384" });
  expect(keychain.held.get("workstation-key")?.length ?? 0).toBeLessThanOrEqual(2560);
});

test("a policy that wants another algorithm does not throw away the key the HIS knows", async () => {
  const keychain = memoryKeychain();
  const first = await start(keychain);
  const next = await start(keychain, { journalExists: true, algorithm: "RS384" });
  expect(next.workstationKey.thumbprint).toBe(first.workstationKey.thumbprint);
  expect(next.minted).toEqual([]);
});

test("a next key waits beside the one in use until it is adopted, and is not made twice", async () => {
  const keychain = memoryKeychain();
  const { workstationKey } = await start(keychain);
  const next = await nextWorkstationKey(keychain, "ES384");
  expect(next.thumbprint).not.toBe(workstationKey.thumbprint);
  expect((await nextWorkstationKey(keychain, "ES384")).thumbprint).toBe(next.thumbprint);
  expect((await start(keychain)).workstationKey.thumbprint).toBe(workstationKey.thumbprint);
  expect((await adoptNextWorkstationKey(keychain)).thumbprint).toBe(next.thumbprint);
  expect((await start(keychain)).workstationKey.thumbprint).toBe(next.thumbprint);
  expect(keychain.held.has("workstation-key-next")).toBe(false);
});

test.each([1, 2])(
  "an adoption cut off at its step %i is finished by the next one",
  async (step) => {
    const keychain = memoryKeychain();
    const { workstationKey } = await start(keychain);
    const next = await nextWorkstationKey(keychain, "ES384");
    let steps = 0;
    const cut = (): void => {
      steps += 1;
      if (steps === step) throw new KeychainError("keychain-locked");
    };
    const dying: Keychain = {
      ...keychain,
      set: async (name, secret) => (cut(), await keychain.set(name, secret)),
      delete: async (name) => (cut(), await keychain.delete(name)),
    };
    await expect(adoptNextWorkstationKey(dying)).rejects.toBeInstanceOf(KeychainError);
    const between = (await start(keychain)).workstationKey.thumbprint;
    expect(between).toBe(step === 1 ? workstationKey.thumbprint : next.thumbprint);
    await adoptNextWorkstationKey(keychain);
    expect((await start(keychain)).workstationKey.thumbprint).toBe(next.thumbprint);
    expect(keychain.held.has("workstation-key-next")).toBe(false);
  },
);

// ---------------------------------------------------------------- join

async function joining() {
  const hospital = await makeHospital();
  const keychain = memoryKeychain();
  const device = await start(keychain);
  const { request, boxPrivateKey } = makeJoinRequest({
    code: "12345678",
    workstation: WORKSTATION,
    device,
    random: randomBytes,
  });
  const body = {
    workstation: WORKSTATION,
    thumbprint: device.workstationKey.thumbprint,
    pepper: await sealForJoin({
      pepper: hospital.pepper,
      box: request.box,
      workstation: WORKSTATION,
    }),
  };
  const accept = (jws: string) =>
    acceptJoin({
      jws,
      controlKey: hospital.controlKey,
      site: SITE,
      now: NOW,
      workstation: WORKSTATION,
      boxPrivateKey,
      device,
      keychain,
    });
  return { hospital, keychain, body, accept };
}

test("a PC joins its site: the pepper lands in the keychain and nowhere else", async () => {
  const { hospital, keychain, body, accept } = await joining();
  const jws = await hospital.statement("join", WORKSTATION, body);
  expect(jws.includes(Buffer.from(hospital.pepper).toString("base64url"))).toBe(false);
  expect((await accept(jws)).pepper).toEqual(hospital.pepper);
  expect(keychain.held.get("site-pepper")).toEqual(hospital.pepper);
});

test("a join answer of another control key, for another PC or another PC's key is refused", async () => {
  const { hospital, keychain, body, accept } = await joining();
  const stranger = await makeHospital();
  await expect(accept(await stranger.statement("join", WORKSTATION, body))).rejects.toMatchObject({
    reason: "bad-signature",
  });
  await expect(
    accept(await hospital.statement("join", "pc-2", { ...body, workstation: "pc-2" })),
  ).rejects.toBeInstanceOf(StatementRefused);
  await expect(
    accept(await hospital.statement("join", WORKSTATION, { ...body, thumbprint: "other" })),
  ).rejects.toBeInstanceOf(StatementRefused);
  const { jws } = await hospital.enrol("huda", "4711");
  await expect(accept(jws)).rejects.toMatchObject({ reason: "wrong-kind" });
  expect(keychain.held.has("site-pepper")).toBe(false);
});

test("a PC that belongs to a site is not moved to another: every PIN would stop working", async () => {
  const { hospital, keychain, body, accept } = await joining();
  const own = new Uint8Array(32).fill(5);
  await keychain.set("site-pepper", own);
  const jws = await hospital.statement("join", WORKSTATION, body);
  await expect(accept(jws)).rejects.toBeInstanceOf(OtherSite);
  expect(keychain.held.get("site-pepper")).toEqual(own);
});
