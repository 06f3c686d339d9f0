import { argon2Sync, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { hashRawSync } from "@node-rs/argon2";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { Revocation, StatementPayload } from "../../../shared/trust/index.ts";
import { makeHospital, NOW, SITE, WORKSTATION, type Hospital } from "../testing/index.ts";
import { verifyActSignature } from "./act-signature.ts";
import { PinRefused, unwrapKeys, wrapKeys } from "./pin-wrap.ts";
import { draftBinding, INBOX_INFO, inboxBinding, purposeKeys, sealingKeyOf } from "./purpose.ts";
import { judgeStatement, readRoster, slotState, type HeldStatement } from "./roster.ts";
import { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
import { addSlots, createVault, readSealingKey, unlock, VaultClosed, vaultMeta } from "./vault.ts";

const place = { workstation: WORKSTATION, deviceKey: new Uint8Array(32).fill(3) };

async function ward(hospital: Hospital) {
  const huda = await hospital.enrol("huda", "4711");
  const sara = await hospital.enrol("sara", "2580");
  const made = await createVault({
    entries: [huda.entry],
    place,
    epoch: 1,
    random: randomBytes,
  });
  const slot = made.slots[0];
  if (slot === undefined) throw new Error("no slot was made");
  const sign = { pepper: hospital.pepper, site: SITE, place };
  return { huda, sara, made, slot, sign };
}

test("her PIN releases the same keys each time, and what the puller sealed opens with them", async () => {
  const hospital = await makeHospital();
  const { huda, made, slot, sign } = await ward(hospital);
  const vault = await unlock({ entry: huda.entry, pin: "4711", slot, ...sign });
  const sealingKey = readSealingKey(vaultMeta(made)) ?? new Uint8Array(0);
  expect(sealingKeyOf(vault.keys)).toEqual(sealingKey);
  const where = inboxBinding("pull", "AllergyIntolerance", null);
  const page = await seal(sealingKey, INBOX_INFO, where, new Uint8Array([1, 2, 3]));
  expect(await open(vault.keys.inbox, INBOX_INFO, where, page)).toEqual(new Uint8Array([1, 2, 3]));
  const again = await unlock({ entry: huda.entry, pin: "4711", slot, ...sign });
  expect(again.keys).toEqual(vault.keys);
});

test("a wrong PIN releases nothing", async () => {
  const { huda, slot, sign } = await ward(await makeHospital());
  await expect(unlock({ entry: huda.entry, pin: "4712", slot, ...sign })).rejects.toBeInstanceOf(
    PinRefused,
  );
});

test("a slot carried to another PC, epoch, clinician or device key does not open", async () => {
  const hospital = await makeHospital();
  const { huda, sara, slot, sign } = await ward(hospital);
  const right = { entry: huda.entry, pin: "4711", slot, ...sign };
  const elsewhere = { ...place, workstation: "pc-2" };
  await expect(unlock({ ...right, place: elsewhere })).rejects.toBeInstanceOf(SealBroken);
  const otherKey = { ...place, deviceKey: new Uint8Array(32).fill(4) };
  await expect(unlock({ ...right, place: otherKey })).rejects.toBeInstanceOf(SealBroken);
  await expect(unlock({ ...right, slot: { ...slot, epoch: 2 } })).rejects.toBeInstanceOf(
    SealBroken,
  );
  const renamed = { ...slot, clinician: "sara" };
  await expect(
    unlock({ ...right, entry: sara.entry, pin: "2580", slot: renamed }),
  ).rejects.toBeInstanceOf(SealBroken);
  for (let at = 0; at < slot.sealed.length; at += 7) {
    const sealed = Uint8Array.from(slot.sealed);
    sealed[at] = (sealed[at] ?? 0) ^ 1;
    await expect(unlock({ ...right, slot: { ...slot, sealed } })).rejects.toBeInstanceOf(
      SealBroken,
    );
  }
});

test("the device key alone, without a PIN, does not give the vault key", async () => {
  const { slot } = await ward(await makeHospital());
  const wrap = new Uint8Array(
    hkdfSync("sha256", place.deviceKey, new Uint8Array(0), "amanah/v1/slot", 32),
  );
  const aad = Buffer.from(JSON.stringify(["amanah/v1/slot", "huda", WORKSTATION, 1]));
  const inside = openRow(wrap, aad, slot.sealed);
  const guess = purposeKeys(wrap).inbox;
  await expect(open(guess, "amanah/v1/slot", aad, inside.slice(32))).rejects.toBeInstanceOf(
    SealBroken,
  );
});

test("a colleague without a slot gets one while the vault is open, and then signs in herself", async () => {
  const { huda, sara, slot, sign } = await ward(await makeHospital());
  const vault = await unlock({ entry: huda.entry, pin: "4711", slot, ...sign });
  const [hers] = await addSlots(vault, [sara.entry]);
  if (hers === undefined) throw new Error("no slot was made");
  const opened = await unlock({ entry: sara.entry, pin: "2580", slot: hers, ...sign });
  expect(opened.keys).toEqual(vault.keys);
});

test("a closed vault holds no key and signs nothing", async () => {
  const { huda, sara, slot, sign } = await ward(await makeHospital());
  const vault = await unlock({ entry: huda.entry, pin: "4711", slot, ...sign });
  vault.close();
  for (const key of Object.values(vault.keys)) expect(key).toEqual(new Uint8Array(32));
  expect(() => vault.sign({})).toThrow(VaultClosed);
  await expect(vault.makeSlot(sara.entry)).rejects.toBeInstanceOf(VaultClosed);
});

test("an act is signed with her key; an edited act, a colleague's key or a moved signature is not believed", async () => {
  const { huda, sara, slot, sign } = await ward(await makeHospital());
  const vault = await unlock({ entry: huda.entry, pin: "4711", slot, ...sign });
  const act = { patient: "p1", value: 98, at: "2026-11-20T10:00:00+03:00" };
  const signature = await vault.sign(act);
  expect(signature.split(".")[1]).toBe("");
  // Canonical JSON: the order of the keys is no edit.
  const reordered = { at: act.at, value: 98, patient: "p1" };
  expect(await verifyActSignature(reordered, signature, huda.entry.keys.sign)).toBe(true);
  expect(await verifyActSignature({ ...act, value: 89 }, signature, huda.entry.keys.sign)).toBe(
    false,
  );
  expect(await verifyActSignature(act, signature, sara.entry.keys.sign)).toBe(false);
  expect(await verifyActSignature(act, huda.jws, huda.entry.keys.sign)).toBe(false);
});

test("a changed PIN is a new wrap: her slot and her signing key stay as they were", async () => {
  const hospital = await makeHospital();
  const { huda, slot, sign } = await ward(hospital);
  const input = { pepper: hospital.pepper, site: SITE, clinician: "huda" };
  const keys = await unwrapKeys(huda.entry.wrapped, { ...input, pin: "4711" });
  const wrapped = await wrapKeys(keys, { ...input, pin: "9034", kdf: huda.entry.wrapped.kdf });
  const entry = { ...huda.entry, wrapped };
  const vault = await unlock({ entry, pin: "9034", slot, ...sign });
  const signature = await vault.sign({ a: 1 });
  expect(await verifyActSignature({ a: 1 }, signature, huda.entry.keys.sign)).toBe(true);
  await expect(unlock({ entry, pin: "4711", slot, ...sign })).rejects.toBeInstanceOf(PinRefused);
});

test("a draft opens for the nurse, patient and form it was typed for, and for no other", () => {
  const key = new Uint8Array(32).fill(9);
  const typed = new TextEncoder().encode("pain 3 of 10");
  const row = sealRow(key, draftBinding("huda", "p1", "note"), typed);
  expect(openRow(key, draftBinding("huda", "p1", "note"), row)).toEqual(typed);
  for (const other of [
    draftBinding("sara", "p1", "note"),
    draftBinding("huda", "p2", "note"),
    draftBinding("huda", "p1", "vitals"),
  ])
    expect(() => openRow(key, other, row)).toThrow(SealBroken);
  expect(() => openRow(key, draftBinding("huda", "p1", "note"), row.slice(0, -1))).toThrow(
    SealBroken,
  );
});

test("no two rows are sealed under one nonce, however many are", () => {
  const key = new Uint8Array(32).fill(9);
  const aad = draftBinding("huda", "p1", "note");
  const rows = Array.from({ length: 2000 }, () => sealRow(key, aad, Uint8Array.of(1)));
  expect(new Set(rows.map((row) => Buffer.from(row.subarray(1, 13)).toString("hex"))).size).toBe(
    2000,
  );
  expect(openRow(createSecretKey(key), aad, rows[1999] ?? Uint8Array.of())).toEqual(
    Uint8Array.of(1),
  );
});

test("Argon2id is the Argon2id that Node's own implementation computes, secret included", () => {
  const salt = new Uint8Array(16).fill(1);
  const secret = new Uint8Array(32).fill(2);
  const ours = hashRawSync("4711", {
    algorithm: 2,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    outputLen: 32,
    salt,
    secret,
  });
  const nodes = argon2Sync("argon2id", {
    message: "4711",
    nonce: salt,
    secret,
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
  });
  expect(Uint8Array.from(ours)).toEqual(Uint8Array.from(nodes));
});

// ---------------------------------------------------------------- roster

const row = (jws: string, kind: string, subject: string, number = 1): HeldStatement => ({
  kind,
  subject,
  number,
  jws,
});

test("the roster says who may sign in here, who waits for a slot, who is revoked and who has run out", async () => {
  const hospital = await makeHospital();
  const { huda, sara, slot } = await ward(hospital);
  const layla = await hospital.enrol("layla", "1111");
  const noor = await hospital.enrol("noor", "1111", {
    entry: { validTo: "2026-11-20T09:59:00Z" },
  });
  const far = await hospital.enrol("far", "1111", { entry: { wards: ["ward-z"] } });
  const trust = { controlKey: hospital.controlKey, site: SITE, wards: ["ward-a"] };
  const read = await readRoster({
    statements: [
      row(huda.jws, "roster-entry", "huda"),
      row(sara.jws, "roster-entry", "sara"),
      row(layla.jws, "roster-entry", "layla"),
      row(noor.jws, "roster-entry", "noor"),
      row(far.jws, "roster-entry", "far"),
      row(await hospital.revoke("layla"), "revocation", "layla"),
    ],
    slots: [slot],
    trust,
    place,
    now: NOW,
  });
  const states = Object.fromEntries(
    read.members.map((member) => [member.entry.clinician, slotState(member, NOW)]),
  );
  expect(states).toEqual({ huda: "ready", sara: "pending", layla: "revoked", noor: "expired" });
});

test("a revoked nurse comes back only by an entry issued after the revocation; a revocation never runs out", async () => {
  const hospital = await makeHospital();
  const old = await hospital.enrol("huda", "4711");
  const fresh = await hospital.enrol("huda", "4711", {
    statement: { number: 2, issuedAt: "2026-11-20T09:30:00Z" },
  });
  const revocation = await hospital.revoke("huda", { expiresAt: "2026-11-20T09:10:00Z" });
  const trust = {
    controlKey: hospital.controlKey,
    site: SITE,
    wards: [],
    workstation: WORKSTATION,
  };
  const state = async (jws: string) => {
    const statements = [row(jws, "roster-entry", "huda"), row(revocation, "revocation", "huda")];
    const read = await readRoster({ statements, slots: [], trust, place, now: NOW });
    return [read.members.map((member) => slotState(member, NOW))[0], read.revoked];
  };
  const since = {
    clinician: "huda",
    from: Date.parse(Revocation.parse(StatementPayload.parse(decodeJwt(revocation)).body).from),
  };
  expect(await state(old.jws)).toEqual(["revoked", [{ ...since, until: Number.MAX_SAFE_INTEGER }]]);
  // What was said in her name between the two counts for nothing for good, whatever key she has now.
  const anew = Date.parse("2026-11-20T09:25:00Z");
  expect(await state(fresh.jws)).toEqual(["pending", [{ ...since, until: anew }]]);
});

test("a nurse who enrolled again with new keys waits for a new slot", async () => {
  const hospital = await makeHospital();
  const { slot } = await ward(hospital);
  const again = await hospital.enrol("huda", "4711", { statement: { number: 2 } });
  const read = await readRoster({
    statements: [row(again.jws, "roster-entry", "huda", 2)],
    slots: [slot],
    trust: { controlKey: hospital.controlKey, site: SITE, wards: [] },
    place,
    now: NOW,
  });
  expect(read.members.map((member) => slotState(member, NOW))).toEqual(["pending"]);
});

test("a held statement that no longer verifies is nobody's permission", async () => {
  const hospital = await makeHospital();
  const foreign = await makeHospital();
  const { jws } = await foreign.enrol("huda", "4711");
  const read = await readRoster({
    statements: [row(jws, "roster-entry", "huda")],
    slots: [],
    trust: { controlKey: hospital.controlKey, site: SITE, wards: [] },
    place,
    now: NOW,
  });
  expect(read.members).toEqual([]);
  expect(read.refused).toEqual([{ subject: "huda", number: 1, reason: "bad-signature" }]);
});

test("of what the HIS brings only a higher number is new; older, replayed and forged statements are refused", async () => {
  const hospital = await makeHospital();
  const trust = {
    controlKey: hospital.controlKey,
    site: SITE,
    wards: [],
    workstation: WORKSTATION,
  };
  const first = await hospital.enrol("huda", "4711");
  const second = await hospital.enrol("huda", "4711", { statement: { number: 2 } });
  const otherSecond = await hospital.enrol("huda", "4711", { statement: { number: 2 } });
  const held = [row(second.jws, "roster-entry", "huda", 2)];
  const judge = (jws: string) => judgeStatement(jws, held, trust, NOW);

  expect(await judge(second.jws)).toMatchObject({ verdict: "known" });
  const signedAgain = await hospital.statement("roster-entry", "huda", second.entry, { number: 2 });
  expect(await judge(signedAgain)).toMatchObject({ verdict: "known" });
  expect(await judge(first.jws)).toMatchObject({ verdict: "refused", reason: "replayed" });
  expect(await judge(otherSecond.jws)).toMatchObject({ verdict: "refused", reason: "replayed" });
  const third = await hospital.enrol("huda", "4711", { statement: { number: 3 } });
  expect(await judge(third.jws)).toMatchObject({ verdict: "new", row: { number: 3 } });
  const forged = await (await makeHospital()).enrol("huda", "4711", { statement: { number: 9 } });
  expect(await judge(forged.jws)).toMatchObject({ verdict: "refused", reason: "bad-signature" });
});
