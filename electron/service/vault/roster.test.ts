import { randomBytes } from "node:crypto";
import { CompactSign } from "jose";
import { expect, test } from "vitest";
import { PIN_CHANGE_TYP, type PinChange } from "../../../shared/trust/index.ts";
import { makeHospital, NOW, SITE, WORKSTATION, type Hospital } from "../testing/index.ts";
import {
  EnvelopeRefused,
  envelopeState,
  makeEnvelope,
  readEnvelopes,
  unlockEnvelope,
} from "./envelope.ts";
import { makePinChange, verifyPinChange, type HeldPinChange } from "./pin-change.ts";
import { PinRefused } from "./pin-wrap.ts";
import { readRoster, slotsToRemove, slotState, type HeldStatement } from "./roster.ts";
import { createVault, unlock } from "./vault.ts";
import type { Slot } from "./types.ts";

const place = { workstation: WORKSTATION, deviceKey: new Uint8Array(32).fill(3) };
const DAY = 86_400_000;
const later = (days: number): Date => new Date(NOW.getTime() + days * DAY);

const row = (jws: string, kind: string, subject: string, number = 1): HeldStatement => ({
  kind,
  subject,
  number,
  jws,
});
const trustOf = (hospital: Hospital, wards: string[] = ["ward-a"]) => ({
  controlKey: hospital.controlKey,
  site: SITE,
  wards,
});

/** Huda and Sara on the roster of a PC with a vault; Huda's entry ends when it is said to. */
async function ward(hudaValidTo = "2027-01-01T00:00:00Z") {
  const hospital = await makeHospital();
  const huda = await hospital.enrol("huda", "471182", { entry: { validTo: hudaValidTo } });
  const sara = await hospital.enrol("sara", "258036");
  const entries = [huda.entry, sara.entry];
  const { slots } = await createVault({ entries, place, epoch: 1, random: randomBytes });
  const statements = [row(huda.jws, "roster-entry", "huda"), row(sara.jws, "roster-entry", "sara")];
  const read = (change: {
    now?: Date;
    slots?: readonly Slot[];
    statements?: HeldStatement[];
    pinChanges?: HeldPinChange[];
    wards?: string[];
  }) =>
    readRoster({
      statements,
      slots,
      now: NOW,
      place,
      trust: trustOf(hospital, change.wards),
      ...change,
    });
  return { hospital, huda, sara, slots, statements, read };
}

test("a slot is removed when its nurse is revoked, works elsewhere, or was not confirmed for 30 days", async () => {
  const { hospital, statements, read } = await ward("2026-11-21T00:00:00Z");
  expect(slotsToRemove(await read({}), NOW)).toEqual([]);
  const [day5, day40] = [later(5), later(40)];
  const expired = await read({ now: day5 });
  expect(expired.members.map((one) => slotState(one, day5))).toEqual(["expired", "ready"]);
  expect(slotsToRemove(expired, day5)).toEqual([]);
  expect(slotsToRemove(await read({ now: day40 }), day40)).toEqual(["huda"]);

  const revocation = row(await hospital.revoke("huda"), "revocation", "huda");
  const revoked = await read({ statements: [...statements, revocation] });
  expect(slotsToRemove(revoked, NOW)).toEqual(["huda"]);

  const moved = await hospital.enrol("huda", "471182", {
    entry: { wards: ["ward-z"] },
    statement: { number: 2 },
  });
  const [, saras] = statements;
  const gone = await read({
    statements: [row(moved.jws, "roster-entry", "huda", 2), ...(saras ? [saras] : [])],
  });
  expect(slotsToRemove(gone, NOW)).toEqual(["huda"]);
});

test("time alone never takes the last slot: with nobody else to open the vault an expired one stays", async () => {
  const { read, slots } = await ward("2026-11-21T00:00:00Z");
  const far = later(500);
  const all = await read({ now: far });
  expect(all.members.map((one) => slotState(one, far))).toEqual(["expired", "expired"]);
  expect(slotsToRemove(all, far)).toEqual([]);
  const alone = await read({ now: later(40), slots: slots.slice(0, 1) });
  expect(slotsToRemove(alone, later(40))).toEqual([]);
});

test("while time is doubtful nobody's entry ends and nobody's begins", async () => {
  const { hospital, read, statements } = await ward("2026-11-21T00:00:00Z");
  const soon = await hospital.enrol("nora", "905317", {
    entry: { validFrom: "2026-11-25T00:00:00Z" },
  });
  const members = (
    await read({ statements: [...statements, row(soon.jws, "roster-entry", "nora")] })
  ).members;
  // The wall clock says a year later; the last certain time is NOW.
  const doubtful = { ends: NOW, begins: NOW };
  const states = (when: Parameters<typeof slotState>[1]) =>
    members.map((one) => slotState(one, when));
  expect(states(doubtful)).toEqual(["ready", "ready", "expired"]);
  expect(states(later(6))).toEqual(["expired", "ready", "pending"]);
});

test("after a changed PIN the new one opens here and the old one does not, and no earlier change comes back", async () => {
  const { hospital, huda, slots, read } = await ward();
  const { pepper } = hospital;
  const input = { entry: huda.entry, pepper, site: SITE, at: NOW };
  const first = await makePinChange({
    ...input,
    wrapped: huda.entry.wrapped,
    pin: "471182",
    wanted: "903417",
    number: 1,
  });
  const [slot] = slots;
  if (slot === undefined) throw new Error("no slot");
  const opens = async (pinChanges: HeldPinChange[], pin: string): Promise<boolean> => {
    const { members } = await read({ pinChanges });
    const member = members.find(({ entry }) => entry.clinician === "huda");
    if (member === undefined) throw new Error("huda is not on the roster");
    const { entry, wrapped } = member;
    expect(entry.wrapped).toEqual(wrapped);
    const opened = unlock({ entry, wrapped, pin, pepper, site: SITE, slot, place });
    return opened.then(
      (vault) => {
        vault.close();
        return true;
      },
      (error: unknown) => {
        if (error instanceof PinRefused) return false;
        throw error;
      },
    );
  };
  expect([await opens([], "471182"), await opens([], "903417")]).toEqual([true, false]);
  expect([await opens([first], "471182"), await opens([first], "903417")]).toEqual([false, true]);

  const wrapped = (await read({ pinChanges: [first] })).members[0]?.wrapped;
  if (wrapped === undefined) throw new Error("no wrap");
  const second = await makePinChange({
    ...input,
    wrapped,
    pin: "903417",
    wanted: "618472",
    number: 2,
  });
  for (const order of [
    [first, second],
    [second, first],
  ])
    expect([await opens(order, "903417"), await opens(order, "618472")]).toEqual([false, true]);
});

test("a changed PIN is hers alone: forged, edited, of another site, of former keys it changes nothing", async () => {
  const { hospital, huda, sara, read } = await ward();
  const { pepper } = hospital;
  const change = await makePinChange({
    entry: huda.entry,
    wrapped: huda.entry.wrapped,
    pin: "471182",
    wanted: "903417",
    pepper,
    site: SITE,
    number: 1,
    at: NOW,
  });
  expect((await verifyPinChange(change.jws, huda.entry, SITE))?.number).toBe(1);
  expect(await verifyPinChange(change.jws, sara.entry, SITE)).toBeNull();
  expect(await verifyPinChange(change.jws, huda.entry, "south")).toBeNull();
  const again = await hospital.enrol("huda", "471182");
  expect(await verifyPinChange(change.jws, again.entry, SITE)).toBeNull();
  const box = again.entry.keys.box;
  expect(
    await verifyPinChange(change.jws, { ...huda.entry, keys: { ...huda.entry.keys, box } }, SITE),
  ).toBeNull();
  const [head, payload = "", mark] = change.jws.split(".");
  const said = JSON.parse(Buffer.from(payload, "base64url").toString()) as PinChange;
  const edited = Buffer.from(JSON.stringify({ ...said, number: 99 })).toString("base64url");
  expect(await verifyPinChange(`${head}.${edited}.${mark}`, huda.entry, SITE)).toBeNull();
  // An entry of the control key is no changed PIN, whatever it says of itself.
  expect(await verifyPinChange(huda.jws, huda.entry, SITE)).toBeNull();
  const hmac = await new CompactSign(Buffer.from(payload, "base64url"))
    .setProtectedHeader({ alg: "HS256", typ: PIN_CHANGE_TYP })
    .sign(Buffer.from(JSON.stringify(huda.entry.keys.sign)));
  expect(await verifyPinChange(hmac, huda.entry, SITE)).toBeNull();
  const forged = await read({ pinChanges: [{ ...change, jws: hmac, number: 9 }] });
  expect(forged.members[0]?.wrapped).toEqual(huda.entry.wrapped);
});

test("a new enrolment voids every change of the PIN before it", async () => {
  const { hospital, huda, read, statements } = await ward();
  const change = await makePinChange({
    entry: huda.entry,
    wrapped: huda.entry.wrapped,
    pin: "471182",
    wanted: "903417",
    pepper: hospital.pepper,
    site: SITE,
    number: 7,
    at: NOW,
  });
  const anew = await hospital.enrol("huda", "618472", { statement: { number: 2 } });
  const roster = await read({
    statements: [row(anew.jws, "roster-entry", "huda", 2), ...statements.slice(1)],
    pinChanges: [change],
  });
  const member = roster.members.find(({ entry }) => entry.clinician === "huda");
  expect(member?.wrapped).toEqual(anew.entry.wrapped);
  // Her slot was made for keys she has no more: she waits for an open vault.
  expect(member && slotState(member, NOW)).toBe("pending");
});

test("the code from the ward's envelope opens this PC once its slot is made, whichever way it is read, and signs nothing", async () => {
  const hospital = await makeHospital();
  const { entry } = await hospital.enrol("huda", "471182");
  const { body, code } = makeEnvelope({
    random: randomBytes,
    site: SITE,
    ward: "ward-a",
    id: "envelope-1",
    validTo: "2026-12-01T00:00:00Z",
  });
  expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/u);
  const made = await createVault({ entries: [entry, body], place, epoch: 1, random: randomBytes });
  const jws = await hospital.statement("envelope", "envelope-1", body);
  const read = async (
    change: { used?: string[]; slots?: readonly Slot[]; wards?: string[] } = {},
  ) => {
    const { envelopes } = await readEnvelopes({
      statements: [row(jws, "envelope", "envelope-1")],
      slots: change.slots ?? made.slots,
      used: change.used ?? [],
      trust: trustOf(hospital, change.wards),
      place,
      now: NOW,
    });
    return envelopes;
  };
  const state = async (change?: Parameters<typeof read>[0], when = NOW) =>
    (await read(change)).map((one) => envelopeState(one, when));
  expect(await state()).toEqual(["ready"]);
  expect(await state({ slots: [] })).toEqual(["pending"]);
  expect(await state({ used: ["envelope-1"] })).toEqual(["used"]);
  expect(await state({}, later(30))).toEqual(["expired"]);
  expect(await state({ wards: ["ward-z"] })).toEqual([]);

  const [held] = await read();
  if (held === undefined || held.slot === null) throw new Error("no slot");
  const { envelope, slot } = held;
  const open = (typed: string, change = {}) =>
    unlockEnvelope({ envelope, code: typed, site: SITE, slot, place, ...change });
  const told = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
  const vault = await open(told);
  const hers = await unlock({
    entry,
    pin: "471182",
    pepper: hospital.pepper,
    site: SITE,
    slot: made.slots[0] ?? slot,
    place,
  });
  expect(vault.keys).toEqual(hers.keys);
  expect(vault.clinician.roles).toEqual([]);
  await expect(vault.sign({ a: 1 })).rejects.toBeInstanceOf(EnvelopeRefused);

  const wrong = (code.startsWith("A") ? "B" : "A") + code.slice(1);
  for (const typed of [wrong, "", code.slice(1), `${code}0`, "U".repeat(20)])
    await expect(open(typed)).rejects.toBeInstanceOf(EnvelopeRefused);
  await expect(open(code, { site: "south" })).rejects.toBeInstanceOf(EnvelopeRefused);
  await expect(open(code, { slot: made.slots[0] })).rejects.toBeInstanceOf(EnvelopeRefused);
  const elsewhere = { ...place, workstation: "pc-2" };
  await expect(open(code, { place: elsewhere })).rejects.toThrow("does not open");
});
