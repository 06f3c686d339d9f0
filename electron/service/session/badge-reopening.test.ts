import { beforeEach, expect, test } from "vitest";
import { makeHospital, type Hospital } from "../testing/index.ts";
import { WrongPin, type Session } from "./index.ts";
import { CERTIFICATE, HUDA, READER, SARA, settled, ward } from "./test-badges.ts";
import { proofOf, zeroed } from "./test-pc.ts";

let hospital: Hospital;
beforeEach(async () => {
  hospital = await makeHospital();
});

test("within the grace time a badge that proves itself re-opens without a PIN", async () => {
  const { session, put, take, prove, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  const before = pc.vaultSeen();
  pc.advance(14 * 60_000);
  put(HUDA, true);
  expect(session.view()).toMatchObject({ state: "locked", badge: { reopens: true } });
  prove();
  await settled();
  expect(session.view()).toMatchObject({ state: "open", clinician: { id: "huda" } });
  expect(pc.trail.at(-1)).toMatchObject({ kind: "sign-in", detail: { way: "badge" } });
  // It is bound to that card, and the vault is the one that was there.
  expect(zeroed(before)).toBe(false);
  expect(pc.log).toEqual(["records open"]);
});

async function signedIn(
  session: Session,
  put: (uid: string, piv?: boolean) => number,
): Promise<{ card: number }> {
  const card = put(HUDA, true);
  await session.signIn("huda", "4711");
  return { card };
}

test("what a re-opened session had before is void: tickets, overrides", async () => {
  const { session, put, take, prove } = await ward(hospital);
  const { card } = await signedIn(session, put);
  const ticket = session.ticket();
  await session.override(ticket, "p1", "called to help");
  expect(session.ticket().overrides.has("p1")).toBe(true);
  take(card);
  put(HUDA, true);
  prove();
  await settled();
  expect(session.state()).toBe("open");
  expect(ticket.valid()).toBe(false);
  expect(session.ticket().overrides.has("p1")).toBe(false);
});

test.each([
  ["a cloned number without the card's key", (uid: string) => ({ uid, piv: false })],
  ["a card whose number is on nobody's entry", () => ({ uid: "ffff", piv: true })],
  ["a card without a number", () => ({ uid: null, piv: true })],
  ["a colleague's card", () => ({ uid: SARA, piv: true })],
])("%s is not even asked", async (_what, card) => {
  const { session, put, take, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  const { uid, piv } = card(HUDA);
  put(uid, piv);
  expect(pc.asked).toEqual([]);
  expect(session.state()).toBe("locked");
});

test.each([
  ["another certificate", { certificate: "b3RoZXI=" }],
  ["a signature over an older challenge", { signature: proofOf(CERTIFICATE, "b2xk") }],
  ["another card's presence", { presence: 99 }],
])("%s proves nothing and is written down", async (_what, change) => {
  const { session, put, take, prove, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  const card = put(HUDA, true);
  prove(change);
  await settled();
  // For as long as it lies there, however late the page asks.
  const refused = { reopens: false, unproven: true };
  expect(session.view()).toMatchObject({ state: "locked", badge: refused });
  expect(pc.trail.at(-1)).toMatchObject({ kind: "badge-proof-refused", clinician: "huda" });
  // The same answer again, now right: nobody waits for it any more.
  prove();
  await settled();
  expect(session.state()).toBe("locked");
  take(card);
  expect(session.view().badge.unproven).toBe(false);
});

test("each challenge is new, and an answer to an earlier one opens nothing", async () => {
  const { session, say, put, take, prove, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  const first = put(HUDA, true);
  const [earlier] = pc.asked;
  take(first);
  put(HUDA, true);
  expect(new Set(pc.asked.map((one) => one.kind === "prove" && one.challenge)).size).toBe(2);
  if (earlier?.kind !== "prove") throw new Error("nobody asked");
  const signature = proofOf(CERTIFICATE, earlier.challenge);
  const { id, presence } = earlier;
  say({
    kind: "proof",
    id,
    presence,
    certificate: CERTIFICATE,
    signature,
    algorithm: "ES256",
  });
  await settled();
  expect(session.state()).toBe("locked");
  // Nor does it spoil the question that is open.
  prove();
  await settled();
  expect(session.state()).toBe("open");
});

test.each([
  ["the grace time is over", (w: Ward) => w.pc.advance(15 * 60_000)],
  ["the PC slept and nobody said so", (w: Ward) => w.pc.sleep(3_600_000)],
  ["the PC was suspended", (w: Ward) => w.session.osEvent("suspend")],
  ["IT sealed it", (w: Ward) => void w.session.seal()],
  [
    "the reader went and came back",
    (w: Ward) => w.say({ kind: "watch", state: "no-reader", readers: [] }),
  ],
])("when %s her badge asks for the PIN", async (_why, happens) => {
  const w = await ward(hospital);
  w.take((await signedIn(w.session, w.put)).card);
  happens(w);
  w.say({ kind: "watch", state: "watching", readers: [READER] });
  w.put(HUDA, true);
  expect(w.pc.asked).toEqual([]);
  expect(w.session.state()).not.toBe("open");
});
type Ward = Awaited<ReturnType<typeof ward>>;

test("the clock set back by hand does not prolong the grace time, set forward does not end it", async () => {
  for (const year of [-1, 1]) {
    const w = await ward(hospital, "optional", {
      change: { when: () => new Date("2026-11-20T10:00:00Z") },
    });
    w.take((await signedIn(w.session, w.put)).card);
    w.pc.shiftWall(year * 365 * 24 * 3_600_000);
    w.pc.advance(15 * 60_000 - 1);
    w.put(HUDA, true);
    expect(w.pc.asked).toHaveLength(1);
    w.pc.advance(1);
    w.prove();
    await settled();
    expect(w.session.state()).toBe("locked");
  }
});

test("a badge left lying when she locked or walked away re-opens nothing", async () => {
  for (const leave of ["user", "idle"] as const) {
    const { session, put, take, pc } = await ward(hospital);
    const { card } = await signedIn(session, put);
    session.lock(leave);
    pc.advance(60_000);
    expect(pc.asked).toEqual([]);
    // She has to come and put it there.
    take(card);
    put(HUDA, true);
    expect(pc.asked).toHaveLength(1);
  }
});

test("a PIN typed while a card is asked goes first, and a card that never answers is given up", async () => {
  const { session, put, take, prove, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  const card = put(HUDA, true);
  await expect(session.signIn("huda", "0")).rejects.toBeInstanceOf(WrongPin);
  prove();
  await settled();
  expect(session.state()).toBe("locked");
  take(card);
  put(HUDA, true);
  pc.advance(5_000);
  expect(session.view().badge.reopens).toBe(false);
  expect(pc.trail.at(-1)).toMatchObject({
    kind: "badge-proof-refused",
    detail: { why: "timeout" },
  });
});

test("a revoked nurse's badge re-opens nothing", async () => {
  const { session, put, take, pc } = await ward(hospital);
  take((await signedIn(session, put)).card);
  await pc.revoke("huda");
  session.rosterChanged();
  put(HUDA, true);
  expect(pc.asked).toEqual([]);
});
