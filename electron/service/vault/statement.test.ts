import { generateKeyPairSync, webcrypto } from "node:crypto";
import { CompactSign } from "jose";
import { expect, test } from "vitest";
import type { PublicEcJwk, RosterEntry, StatementPayload } from "../../../shared/trust/index.ts";
import { makeClinicianKeys, unwrapKeys, keysFit, wrapKeys, PinRefused } from "./pin-wrap.ts";
import { signStatement, StatementRefused, verifyStatement } from "./statement.ts";

const kdf = { name: "argon2id", memoryKib: 19_456, passes: 1, lanes: 1 } as const;
const pepper = new Uint8Array(32).fill(7);
const now = new Date("2026-11-20T10:00:00Z");

async function controlKey(): Promise<{ privateKey: webcrypto.CryptoKey; publicJwk: PublicEcJwk }> {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const jwk = await webcrypto.subtle.exportKey("jwk", pair.publicKey);
  return {
    privateKey: pair.privateKey,
    publicJwk: { kty: "EC", crv: "P-256", x: jwk.x ?? "", y: jwk.y ?? "" },
  };
}

async function huda(): Promise<RosterEntry> {
  const made = await makeClinicianKeys({
    pin: "4711",
    pepper,
    site: "north",
    clinician: "huda",
    kdf,
  });
  return {
    clinician: "huda",
    name: { en: "Huda", ar: "هدى" },
    roles: ["nurse"],
    wards: ["ward-a"],
    ...made,
    badges: [],
    validFrom: "2026-01-01T00:00:00Z",
    validTo: "2027-01-01T00:00:00Z",
  };
}

function payload(body: unknown, change: Partial<StatementPayload> = {}): StatementPayload {
  return {
    v: 1,
    site: "north",
    kind: "roster-entry",
    subject: "huda",
    number: 1,
    issuedAt: "2026-11-19T10:00:00Z",
    expiresAt: "2026-12-19T10:00:00Z",
    body,
    ...change,
  };
}

async function reason(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "accepted";
  } catch (error) {
    return error instanceof StatementRefused ? error.reason : String(error);
  }
}

test("a roster entry signed by the control key is believed, and no other", async () => {
  const control = await controlKey();
  const other = await controlKey();
  const entry = await huda();
  const check = { controlKey: control.publicJwk, site: "north", now };
  const good = await signStatement(payload(entry), control.privateKey, "control");
  expect((await verifyStatement(good, check)).subject).toBe("huda");

  const forged = await signStatement(payload(entry), other.privateKey, "control");
  expect(await reason(verifyStatement(forged, check))).toBe("bad-signature");

  const [head, , signature] = good.split(".");
  const edited = Buffer.from(JSON.stringify(payload({ ...entry, roles: ["doctor"] })));
  expect(
    await reason(verifyStatement(`${head}.${edited.toString("base64url")}.${signature}`, check)),
  ).toBe("bad-signature");
});

test("an unsigned statement, or one that names its own algorithm, is refused", async () => {
  const control = await controlKey();
  const check = { controlKey: control.publicJwk, site: "north", now };
  const body = Buffer.from(JSON.stringify(payload(await huda()))).toString("base64url");
  const none = Buffer.from('{"alg":"none","typ":"amanah-statement"}').toString("base64url");
  expect(await reason(verifyStatement(`${none}.${body}.`, check))).not.toBe("accepted");
  const hmac = await new CompactSign(Buffer.from(body, "base64url"))
    .setProtectedHeader({ alg: "HS256", typ: "amanah-statement" })
    .sign(Buffer.from(JSON.stringify(control.publicJwk)));
  expect(await reason(verifyStatement(hmac, check))).toBe("bad-signature");
  expect(await reason(verifyStatement("not a statement", check))).toBe("malformed");
});

test.each([
  ["another hospital's statement", { site: "south" }, "wrong-site"],
  ["one past its time", { expiresAt: "2026-11-20T09:59:59Z" }, "expired"],
  ["one from the future", { issuedAt: "2026-11-20T10:06:00Z" }, "not-yet"],
  ["one about somebody else than its body", { subject: "sara" }, "malformed"],
  ["a body that is not its kind's", { kind: "join" }, "malformed"],
] as const)("%s is refused", async (_what, change, expected) => {
  const control = await controlKey();
  const jws = await signStatement(payload(await huda(), change), control.privateKey, "control");
  expect(
    await reason(verifyStatement(jws, { controlKey: control.publicJwk, site: "north", now })),
  ).toBe(expected);
});

test("a roster entry offered where a join is wanted, or another kind of signed text, is refused", async () => {
  const control = await controlKey();
  const check = { controlKey: control.publicJwk, site: "north", now };
  const jws = await signStatement(payload(await huda()), control.privateKey, "control");
  expect(await reason(verifyStatement(jws, { ...check, kind: "join" }))).toBe("wrong-kind");
  const letter = await new CompactSign(Buffer.from(JSON.stringify(payload(await huda()))))
    .setProtectedHeader({ alg: "ES256", typ: "letter" })
    .sign(control.privateKey);
  expect(await reason(verifyStatement(letter, check))).toBe("wrong-kind");
});

test("a control key of another curve verifies nothing", async () => {
  const control = await controlKey();
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({
    format: "jwk",
  });
  const jws = await signStatement(payload(await huda()), control.privateKey, "control");
  const publicJwk: PublicEcJwk = { kty: "EC", crv: "P-384", x: p384.x ?? "", y: p384.y ?? "" };
  expect(
    await reason(verifyStatement(jws, { controlKey: publicJwk, site: "north", now })),
  ).not.toBe("accepted");
});

test("her PIN opens her keys; a wrong PIN, another pepper, site or person does not", async () => {
  const entry = await huda();
  const right = { pin: "4711", pepper, site: "north", clinician: "huda" };
  const keys = await unwrapKeys(entry.wrapped, right);
  expect(keysFit(keys, entry.keys)).toBe(true);
  for (const wrong of [
    { ...right, pin: "4712" },
    { ...right, pepper: new Uint8Array(32).fill(8) },
    { ...right, site: "south" },
    { ...right, clinician: "sara" },
  ])
    await expect(unwrapKeys(entry.wrapped, wrong)).rejects.toBeInstanceOf(PinRefused);
});

test("a changed PIN is a new wrap of the same keys; the old PIN opens only the old wrap", async () => {
  const entry = await huda();
  const right = { pin: "4711", pepper, site: "north", clinician: "huda" };
  const keys = await unwrapKeys(entry.wrapped, right);
  const changed = await wrapKeys(keys, { ...right, pin: "9034", kdf });
  expect(await unwrapKeys(changed, { ...right, pin: "9034" })).toEqual(keys);
  await expect(unwrapKeys(changed, right)).rejects.toBeInstanceOf(PinRefused);
});

test("a PIN typed on an Arabic keyboard is the same PIN", async () => {
  const entry = await huda();
  const keys = await unwrapKeys(entry.wrapped, {
    pin: "٤٧١١",
    pepper,
    site: "north",
    clinician: "huda",
  });
  expect(keysFit(keys, entry.keys)).toBe(true);
});
