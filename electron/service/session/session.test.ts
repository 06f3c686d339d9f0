import { beforeEach, expect, test } from "vitest";
import { makeHospital, NOW } from "../testing/index.ts";
import type { OpenVault } from "../vault/index.ts";
import { Locked, NotReady, WrongPin, type Session } from "./index.ts";
import { workstation, zeroed } from "./test-pc.ts";

let pc: Awaited<ReturnType<typeof workstation>>;
let session: Session;
beforeEach(async () => {
  pc = await workstation(await makeHospital());
  session = pc.start();
});

const kinds = (): string[] => pc.trail.map(({ kind }) => kind);

test("a fresh start is sealed: no ticket, and the lock screen says who may sign in", () => {
  expect(session.state()).toBe("sealed");
  expect(() => session.ticket()).toThrow(Locked);
  expect(session.view()).toMatchObject({
    state: "sealed",
    clinician: null,
    lastLock: { reason: "service-start" },
    clinicians: [
      { id: "huda", slot: "ready" },
      { id: "sara", slot: "pending" },
    ],
  });
});

test("a nurse signs in with her PIN, and her colleague who waited for a slot can sign in too", async () => {
  await session.signIn("huda", "4711");
  expect(session.view()).toMatchObject({ state: "open", clinician: { id: "huda" } });
  expect(session.ticket().clinician.clinician).toBe("huda");
  expect(session.ticket().valid()).toBe(true);
  expect(pc.log).toEqual(["records open"]);
  expect(kinds()).toEqual(["sign-in"]);
  await session.signIn("sara", "2580");
  expect(session.view()).toMatchObject({ clinician: { id: "sara" } });
  expect(kinds()).toEqual(["sign-in", "lock", "sign-in"]);
  expect(pc.problems).toEqual([]);
});

test("a lock voids the ticket in the same breath, before anyone is told", async () => {
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  const told: unknown[] = [];
  session.onLock((reason) => told.push([reason, ticket.valid(), session.state()]));
  session.lock("user");
  expect(told).toEqual([["user", false, "locked"]]);
  expect(ticket.valid()).toBe(false);
  expect(() => session.ticket()).toThrow(Locked);
  expect(pc.trail.at(-1)).toMatchObject({
    kind: "lock",
    clinician: "huda",
    detail: { reason: "user" },
  });
  expect(zeroed(ticket.vault)).toBe(false);
});

test("re-opening needs a PIN, gives a new ticket, and never revives the old one", async () => {
  await session.signIn("huda", "4711");
  const before = session.ticket();
  session.lock("user");
  await expect(session.signIn("huda", "0000")).rejects.toBeInstanceOf(WrongPin);
  expect(session.state()).toBe("locked");
  await session.signIn("huda", "4711");
  expect(session.ticket().valid()).toBe(true);
  expect(before.valid()).toBe(false);
  expect(pc.log).toEqual(["records open"]);
  expect(zeroed(before.vault)).toBe(true);
});

test("signing out seals at once: records closed, key zeroed", async () => {
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  await session.signOut();
  expect(session.state()).toBe("sealed");
  expect(pc.log).toEqual(["records open", "records closed"]);
  expect(zeroed(ticket.vault)).toBe(true);
  expect(pc.trail.at(-1)).toMatchObject({ kind: "sign-out", clinician: "huda" });
});

test("a PC left locked for an hour drops the key", async () => {
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  session.lock("user");
  pc.advance(60 * 60_000 - 1);
  expect(session.state()).toBe("locked");
  pc.advance(1);
  expect(session.state()).toBe("sealed");
  await session.signOut();
  expect(zeroed(ticket.vault)).toBe(true);
  await session.signIn("huda", "4711");
  expect(pc.log).toEqual(["records open", "records closed", "records open"]);
});

test.each([
  ["suspend", "sealed", "suspend"],
  ["shutdown", "sealed", "suspend"],
  ["lock-screen", "locked", "os-lock"],
  ["display-off", "locked", "display-off"],
  ["remote-session", "locked", "remote-session"],
  ["resume", "sealed", "suspend"],
] as const)("when the OS reports %s the session is %s", async (event, state, reason) => {
  await session.signIn("huda", "4711");
  session.osEvent(event);
  expect(session.state()).toBe(state);
  expect(session.view().lastLock?.reason).toBe(reason);
});

test("waking up after a suspend that was told ends nobody's new session", async () => {
  await session.signIn("huda", "4711");
  session.osEvent("suspend");
  pc.sleep(3_600_000);
  await session.signIn("huda", "4711");
  session.osEvent("resume");
  expect(session.state()).toBe("open");
  // The next one is told by its waking only.
  session.osEvent("resume");
  expect(session.view()).toMatchObject({ state: "sealed", lastLock: { reason: "suspend" } });
});

test("a sleep nobody told of seals within seconds of waking, open or locked", async () => {
  for (const lock of [false, true]) {
    await session.signIn("huda", "4711");
    if (lock) session.lock("user");
    pc.sleep(60_000);
    pc.advance(5_000);
    expect(session.view().state).toBe("sealed");
  }
});

test("setting the clock by hand, by hours or years, neither locks nor prolongs", async () => {
  const hour = 3_600_000;
  for (const shift of [hour, -hour, 24 * 365 * hour, -24 * 365 * hour]) {
    await session.signIn("huda", "4711");
    pc.shiftWall(shift);
    pc.advance(299_999);
    expect(session.view().state).toBe("open");
    pc.advance(1);
    expect(session.view()).toMatchObject({ state: "locked", lastLock: { reason: "idle" } });
    pc.advance(3_600_000 - 1);
    expect(session.view().state).toBe("locked");
    pc.advance(1);
    expect(session.view().state).toBe("sealed");
    pc.shiftWall(-shift);
  }
});

test("while IT or the offline limit keeps a PC sealed, no PIN is looked at", async () => {
  let why: string | null = null;
  const barred = await workstation(await makeHospital(), { change: { barred: () => why } });
  const there = barred.start();
  await there.signIn("huda", "4711");
  why = "sealed-by-it";
  await there.seal();
  expect(there.view()).toMatchObject({ state: "sealed", lastLock: { reason: "policy" } });
  await expect(there.signIn("huda", "4711")).rejects.toMatchObject({ code: "barred", why });
  expect(barred.failures.size).toBe(0);
  why = null;
  await there.signIn("huda", "4711");
  expect(there.state()).toBe("open");
});

test("a lost page locks", async () => {
  await session.signIn("huda", "4711");
  session.pageLost();
  expect(session.view()).toMatchObject({ state: "locked", lastLock: { reason: "page-lost" } });
});

test("idle: a warning counts down, input calls it off, silence locks", async () => {
  await session.signIn("huda", "4711");
  let changes = 0;
  session.onChange(() => (changes += 1));
  pc.advance(285_000);
  expect(changes).toBe(1);
  expect(session.view().idleLockAt).toBe(new Date(NOW.getTime() + 300_000).toISOString());
  session.activity();
  expect(session.view().idleLockAt).toBe(null);
  pc.advance(299_999);
  expect(session.state()).toBe("open");
  pc.advance(1);
  expect(session.view()).toMatchObject({ state: "locked", lastLock: { reason: "idle" } });
});

test("a stalled timer keeps nothing open: the next call finds the session locked", async () => {
  await session.signIn("huda", "4711");
  pc.stall(300_000);
  expect(() => session.ticket()).toThrow(Locked);
  await session.signIn("huda", "4711");
  pc.advance(290_000);
  pc.stall(10_000);
  session.activity();
  expect(session.view()).toMatchObject({ state: "locked", lastLock: { reason: "idle" } });
});

test("wrong PINs are counted before they are checked, delayed, and told apart from none", async () => {
  const order: string[] = [];
  pc.countHooks.push(() => order.push(`counted while ${session.state()}`));
  await expect(session.signIn("huda", "1")).rejects.toMatchObject({
    attempts: 1,
    retryAfterSeconds: 0,
  });
  await expect(session.signIn("huda", "2")).rejects.toMatchObject({ attempts: 2 });
  await expect(session.signIn("huda", "3")).rejects.toMatchObject({
    attempts: 3,
    retryAfterSeconds: 5,
  });
  // Too soon: even the right PIN is not looked at, and nothing is counted.
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ attempts: 3 });
  expect(order).toHaveLength(3);
  pc.advance(5_000);
  await session.signIn("huda", "4711");
  expect(session.state()).toBe("open");
  expect(pc.failures.size).toBe(0);
  expect(
    pc.trail.filter(({ kind }) => kind === "sign-in-refused").map(({ detail }) => detail),
  ).toEqual([
    { why: "wrong-pin" },
    { why: "wrong-pin" },
    { why: "wrong-pin" },
    { why: "too-soon" },
  ]);
});

test("a restart does not make guessing free, and a clock set back does not close the door for good", async () => {
  for (const pin of ["1", "2", "3"])
    await expect(session.signIn("huda", pin)).rejects.toBeInstanceOf(WrongPin);
  session = pc.start();
  await expect(session.signIn("huda", "4711")).rejects.toBeInstanceOf(WrongPin);
  pc.shiftWall(-365 * 24 * 3_600_000);
  session = pc.start();
  pc.advance(5_000);
  // A year back: her entry is not yet valid by that clock, but the delay is over.
  await expect(session.signIn("huda", "4711")).rejects.not.toBeInstanceOf(WrongPin);
  pc.shiftWall(365 * 24 * 3_600_000);
  await session.signIn("huda", "4711");
});

test("a lock that comes while the PIN is being checked wins", async () => {
  for (const interrupt of [
    () => session.osEvent("suspend"),
    () => session.osEvent("lock-screen"),
    () => session.pageLost(),
  ]) {
    pc.countHooks[0] = interrupt;
    await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "interrupted" });
    expect(session.state()).toBe("sealed");
  }
  expect(pc.log).toEqual([]);
});

test("a lock that comes while the chart opens leaves it closed and the key zeroed", async () => {
  pc.gate.openRecords = async () => session.osEvent("suspend");
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "interrupted" });
  await session.signOut();
  expect(session.state()).toBe("sealed");
  expect(pc.log).toEqual(["records open", "records closed"]);
  expect(zeroed(pc.vaultSeen())).toBe(true);
});

test("a vault whose key is made new while it opens is the one she then works with", async () => {
  const vault = { next: null as OpenVault | null };
  const renewing = await workstation(await makeHospital(), {
    change: {
      openRecords: async (before) => {
        const keys = Object.fromEntries(
          Object.entries(before.keys).map(([name, key]) => [name, Uint8Array.from(key)]),
        ) as unknown as OpenVault["keys"];
        vault.next = { ...before, keys, epoch: before.epoch + 1 };
        return vault.next;
      },
    },
  });
  const there = renewing.start();
  await there.signIn("huda", "4711");
  expect(there.ticket().vault.epoch).toBe(2);
  expect(zeroed(there.ticket().vault)).toBe(false);
});

test("a chart that does not open opens no session", async () => {
  pc.gate.openRecords = () => Promise.reject(Object.assign(new Error("x"), { code: "damaged" }));
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "damaged" });
  expect(session.state()).toBe("sealed");
  expect(zeroed(pc.vaultSeen())).toBe(true);
});

test("who is unknown, waiting or revoked is told so, and no PIN is tried", async () => {
  await expect(session.signIn("nobody", "4711")).rejects.toMatchObject({ why: "unknown" });
  await expect(session.signIn("sara", "2580")).rejects.toMatchObject({ why: "pending" });
  await pc.revoke("huda");
  await expect(session.signIn("huda", "4711")).rejects.toBeInstanceOf(NotReady);
  expect(pc.failures.size).toBe(0);
  expect(pc.trail[0]).toMatchObject({ clinician: null, detail: { why: "unknown" } });
});

test("a nurse revoked while signed in is signed out at once", async () => {
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  await pc.revoke("huda");
  session.rosterChanged();
  expect(ticket.valid()).toBe(false);
  expect(session.view()).toMatchObject({ state: "sealed", lastLock: { reason: "policy" } });
});

test("two PINs entered at once are checked one after the other", async () => {
  const both = await Promise.allSettled([session.signIn("huda", "1"), session.signIn("huda", "2")]);
  expect(
    both.map((one) => (one.status === "rejected" ? (one.reason as WrongPin).attempts : 0)),
  ).toEqual([1, 2]);
});

test("after a stop nobody signs in", async () => {
  await session.signIn("huda", "4711");
  await session.stop();
  expect(session.state()).toBe("sealed");
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "stopped" });
});
