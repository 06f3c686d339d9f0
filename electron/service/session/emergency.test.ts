import { beforeEach, expect, test } from "vitest";
import { makeHospital, NOW, SITE, WORKSTATION, type Hospital } from "../testing/index.ts";
import { PinRefused, unlock, type OpenVault } from "../vault/index.ts";
import { EmergencyRefused, Locked, WrongPin, type EmergencyRequest } from "./index.ts";
import { badgeOf, workstation, zeroed } from "./test-pc.ts";

const CODE = "AAAAA-BBBBB-CCCCC-DDDDD";
const byEnvelope: EmergencyRequest = {
  name: "Dr Nour Haddad",
  reason: "bleeding, nobody here",
  way: { kind: "envelope", code: CODE },
};
const byHuda = (pin: string): EmergencyRequest => ({
  ...byEnvelope,
  way: { kind: "colleague", clinician: "huda", pin },
});

let hospital: Hospital;
beforeEach(async () => {
  hospital = await makeHospital();
});

async function ward(wishes: Parameters<typeof workstation>[1] = {}) {
  const pc = await workstation(hospital, wishes);
  /** What stands behind the envelope is another way to the same vault. */
  const open = async (): Promise<OpenVault> => {
    const [member] = pc.members();
    if (member?.slot === null || member === undefined) throw new Error("no slot");
    const { entry, wrapped, slot } = member;
    const place = { workstation: WORKSTATION, deviceKey: pc.deviceSecrets.deviceKey };
    return unlock({
      entry,
      wrapped,
      slot,
      pin: "4711",
      pepper: hospital.pepper,
      site: SITE,
      place,
    });
  };
  pc.envelopes.set(CODE, { id: "env-1", open });
  return { pc, session: pc.start() };
}

test("the ward's envelope opens, marked throughout, as nobody on the roster", async () => {
  const { pc, session } = await ward();
  await session.emergency(byEnvelope);
  const until = new Date(NOW.getTime() + 30 * 60_000).toISOString();
  expect(session.view()).toMatchObject({
    state: "open",
    clinician: null,
    emergency: { name: "Dr Nour Haddad", reason: "bleeding, nobody here", by: null, until },
  });
  const ticket = session.ticket();
  expect(ticket.clinician).toMatchObject({ roles: [], wards: ["ward-a", "ward-b"] });
  expect(ticket.clinician.clinician).toBe(`emergency:${pc.accesses[0]?.id}`);
  expect(ticket.access.kind).toBe("emergency");
  expect(pc.accesses).toMatchObject([
    { kind: "emergency", clinician: null, name: "Dr Nour Haddad", by: null, reported: false },
  ]);
  expect(pc.trail.filter(({ kind }) => kind === "emergency-access")).toHaveLength(2);
});

test("a colleague's PIN opens, and nothing is ever signed in his name", async () => {
  const { pc, session } = await ward();
  await session.emergency(byHuda("4711"));
  expect(session.view().emergency?.by).toMatchObject({ id: "huda" });
  expect(pc.accesses).toMatchObject([{ by: "huda", clinician: null }]);
  const ticket = session.ticket();
  await expect(ticket.vault.sign({})).rejects.toBeInstanceOf(EmergencyRefused);
  expect("clinician" in ticket.vault).toBe(false);
  await expect(session.override(ticket, "p1", "because")).rejects.toBeInstanceOf(EmergencyRefused);
  await expect(session.withOwnPin(ticket, async () => "done")).rejects.toBeInstanceOf(
    EmergencyRefused,
  );
});

test("an envelope opens a PC once, whatever happens after its use is on disk", async () => {
  const { pc, session } = await ward();
  await session.emergency(byEnvelope);
  await session.signOut();
  await expect(session.emergency(byEnvelope)).rejects.toMatchObject({ why: "used" });
  expect(session.state()).toBe("sealed");
  // A kill between its use and the opening: used up is used up.
  pc.usedEnvelopes.clear();
  pc.journalFaults.putAccess = () => {
    throw Object.assign(new Error("x"), { code: "disk-full" });
  };
  const restarted = pc.start();
  await expect(restarted.emergency(byEnvelope)).rejects.toMatchObject({ code: "disk-full" });
  expect(restarted.state()).toBe("sealed");
  expect([...pc.usedEnvelopes]).toEqual(["env-1"]);
  expect(zeroed(pc.vaultSeen())).toBe(true);
});

test("an access that cannot be written down does not open", async () => {
  const { pc, session } = await ward();
  pc.journalFaults.putAccess = () => {
    throw Object.assign(new Error("x"), { code: "disk-full" });
  };
  await expect(session.emergency(byHuda("4711"))).rejects.toMatchObject({ code: "disk-full" });
  expect(session.state()).toBe("sealed");
});

test("a wrong code and a wrong PIN open nothing; the colleague's guesses are counted as his", async () => {
  const { pc, session } = await ward();
  await expect(
    session.emergency({ ...byEnvelope, way: { kind: "envelope", code: "NOT-THE-CODE-AT-ALL" } }),
  ).rejects.toMatchObject({ why: "unknown" });
  for (const pin of ["1", "2", "3"])
    await expect(session.emergency(byHuda(pin))).rejects.toBeInstanceOf(WrongPin);
  await expect(session.emergency(byHuda("4711"))).rejects.toMatchObject({ attempts: 3 });
  await expect(session.signIn("huda", "4711")).rejects.toBeInstanceOf(WrongPin);
  expect(pc.accesses).toEqual([]);
  expect(session.state()).toBe("sealed");
});

test("it ends by itself, at once and for good", async () => {
  const { pc, session } = await ward();
  await session.emergency(byEnvelope);
  const ticket = session.ticket();
  for (let minute = 1; minute < 30; minute += 1) {
    pc.advance(60_000);
    session.activity();
  }
  expect(session.state()).toBe("open");
  pc.advance(60_000);
  expect(ticket.valid()).toBe(false);
  expect(session.view()).toMatchObject({
    state: "sealed",
    emergency: null,
    lastLock: { reason: "emergency-over" },
  });
  await session.signOut();
  expect(zeroed(ticket.vault)).toBe(true);
});

test("any lock ends it for good: nothing is kept to re-open", async () => {
  const { session } = await ward();
  await session.emergency(byHuda("4711"));
  session.lock("user");
  expect(session.state()).toBe("sealed");
  expect(() => session.ticket()).toThrow(Locked);
});

test("where badges are required and the readers are dead, it is the way in", async () => {
  const { session } = await ward({ session: { badge: "required" }, huda: badgeOf("0102") });
  await session.emergency(byHuda("4711"));
  expect(session.state()).toBe("open");
});

test("it takes the PC from whoever was signed in, and gives her session back to nobody", async () => {
  const { session } = await ward();
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  await session.emergency(byEnvelope);
  expect(ticket.valid()).toBe(false);
  expect(session.view()).toMatchObject({ clinician: null, state: "open" });
  await session.signOut();
  expect(zeroed(ticket.vault)).toBe(true);
});

test("a colleague revoked meanwhile takes the access he opened with him", async () => {
  const { pc, session } = await ward();
  await session.emergency(byHuda("4711"));
  await pc.revoke("huda");
  session.rosterChanged();
  expect(session.state()).toBe("sealed");
});

test("an override is on disk before it opens, for this session and this patient only", async () => {
  const { pc, session } = await ward();
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  pc.journalFaults.putAccess = () => {
    throw new Error("full");
  };
  await expect(session.override(ticket, "p1", "called to help")).rejects.toThrow("full");
  expect(ticket.overrides.size).toBe(0);
  pc.journalFaults.putAccess = () => undefined;
  await session.override(ticket, "p1", "called to help");
  await session.override(ticket, "p1", "called to help");
  expect(pc.accesses).toMatchObject([
    { kind: "override", clinician: "huda", patient: "p1", reason: "called to help" },
  ]);
  expect(pc.trail.at(-1)).toMatchObject({ kind: "override", clinician: "huda", patient: "p1" });
  expect([...session.ticket().overrides]).toEqual(["p1"]);
  session.lock("user");
  await expect(session.override(ticket, "p2", "again")).rejects.toBeInstanceOf(Locked);
  await session.signIn("huda", "4711");
  expect(session.ticket().overrides.size).toBe(0);
});

test("a lock that comes while an override is written remembers nothing", async () => {
  const { pc, session } = await ward();
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  pc.journalFaults.putAccess = () => session.lock("user");
  await expect(session.override(ticket, "p1", "called to help")).rejects.toBeInstanceOf(Locked);
  expect(ticket.overrides.size).toBe(0);
});

test("her PIN is counted also when she changes it", async () => {
  const { pc, session } = await ward();
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  const wrong = (): Promise<never> => Promise.reject(new PinRefused("no"));
  // A new PIN that the rules refuse, or a full disk, is no try.
  const full = (): Promise<never> => Promise.reject(new Error("full"));
  await expect(session.withOwnPin(ticket, full)).rejects.toThrow("full");
  expect(pc.failures.size).toBe(0);
  for (const attempts of [1, 2])
    await expect(session.withOwnPin(ticket, wrong)).rejects.toMatchObject({ attempts });
  await expect(session.withOwnPin(ticket, full)).rejects.toThrow("full");
  expect(pc.failures.get("huda")?.count).toBe(2);
  await expect(session.withOwnPin(ticket, wrong)).rejects.toMatchObject({ attempts: 3 });
  await expect(session.withOwnPin(ticket, async () => "changed")).rejects.toBeInstanceOf(WrongPin);
  pc.advance(5_000);
  expect(await session.withOwnPin(ticket, async ({ entry }) => entry.clinician)).toBe("huda");
  expect(pc.failures.size).toBe(0);
});
