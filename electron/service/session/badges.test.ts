import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { FromBadge } from "../../../shared/badge.ts";
import { makeHospital, type Hospital } from "../testing/index.ts";
import { Locked, NotReady, WrongPin, type Session } from "./index.ts";
import { badgeOf, proofOf, workstation, zeroed, type PcWishes } from "./test-pc.ts";

const HUDA = "0102030405";
const SARA = "0a0b0c0d0e";
const CERTIFICATE = "aHVkYQ==";
const READER = "Desk reader 00 00";

let hospital: Hospital;
beforeEach(async () => {
  hospital = await makeHospital();
});

/** A ward PC with a reader; huda's badge can prove itself, sara's only names. */
async function ward(badge: "optional" | "required" = "optional", wishes: PcWishes = {}) {
  const pc = await workstation(hospital, {
    huda: badgeOf(HUDA, CERTIFICATE),
    sara: badgeOf(SARA),
    ...wishes,
    session: { badge, ...wishes.session },
  });
  const session = pc.start();
  let presence = 0;
  const say = (message: FromBadge): void => session.badge(message);
  say({ kind: "watch", state: "watching", readers: [READER] });
  return {
    pc,
    session,
    say,
    put(uid: string | null, piv = false, reader = READER): number {
      presence += 1;
      say({ kind: "card-in", reader, presence, uid, piv });
      return presence;
    },
    take(one: number, why: Extract<FromBadge, { kind: "card-out" }>["why"] = "removed"): void {
      say({ kind: "card-out", reader: READER, presence: one, why, at: 0 });
    },
    /** The card that was asked last answers, rightly unless the test says otherwise. */
    prove(change: Partial<Extract<FromBadge, { kind: "proof" }>> = {}): void {
      const question = pc.asked.at(-1);
      if (question?.kind !== "prove") throw new Error("nobody asked");
      const { id, challenge } = question;
      const signature = proofOf(CERTIFICATE, challenge);
      const certificate = CERTIFICATE;
      const proof = { id, presence: question.presence, certificate, signature };
      say({ kind: "proof", algorithm: "ES256", ...proof, ...change });
    },
  };
}

/** Lets what was answered arrive. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const reason = (session: Session): unknown => session.view().lastLock?.reason;

test("the nurse takes her badge: refused in the same breath, before the message is done", async () => {
  const { session, put, take } = await ward();
  const card = put(HUDA);
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  const told: unknown[] = [];
  session.onLock((why) => told.push([why, ticket.valid()]));
  take(card);
  expect(told).toEqual([["badge-removed", false]]);
  expect(() => session.ticket()).toThrow(Locked);
});

test.each(["reader-lost", "service-lost", "hung"] as const)(
  "a badge that is %s counts as taken",
  async (why) => {
    const { session, put, take } = await ward();
    const card = put(HUDA);
    await session.signIn("huda", "4711");
    take(card, why);
    expect(reason(session)).toBe("reader-lost");
  },
);

test("the badge process dies, or watches no more: whoever came in with a badge is locked", async () => {
  const { session, say, put } = await ward();
  put(HUDA);
  await session.signIn("huda", "4711");
  session.badgeLost();
  expect(reason(session)).toBe("reader-lost");
  expect(session.view().badge).toMatchObject({ watch: "no-service", clinician: null });
  // With the readers gone she signs in by PIN, where policy lets her, and nothing locks her then.
  await session.signIn("huda", "4711");
  say({ kind: "watch", state: "no-reader", readers: [] });
  expect(session.state()).toBe("open");
});

test("a PIN session becomes the badge's once she puts it there", async () => {
  const { session, put, take } = await ward();
  await session.signIn("huda", "4711");
  const card = put(HUDA);
  expect(session.state()).toBe("open");
  take(card);
  expect(reason(session)).toBe("badge-removed");
});

test("a colleague's badge locks her session, names him, and still wants his PIN", async () => {
  const { session, put, pc } = await ward();
  await session.signIn("huda", "4711");
  put(SARA, true);
  expect(session.view()).toMatchObject({
    state: "locked",
    lastLock: { reason: "other-badge" },
    badge: { clinician: "sara", reopens: false },
  });
  expect(pc.trail.at(-1)).toMatchObject({ detail: { reason: "other-badge", by: "sara" } });
  expect(pc.asked).toEqual([]);
});

test("an unknown card is shown as such and locks only where badges are required", async () => {
  const { session, put } = await ward();
  await session.signIn("huda", "4711");
  put("ffff");
  expect(session.view().badge).toMatchObject({ clinician: null, unknown: true });
  expect(session.state()).toBe("open");
});

test("where badges are required, no badge means no PIN is looked at", async () => {
  const { session, put, take, pc } = await ward("required");
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ why: "badge" });
  put(SARA);
  await expect(session.signIn("huda", "4711")).rejects.toBeInstanceOf(NotReady);
  expect(pc.failures.size).toBe(0);
  const card = put(HUDA);
  await session.signIn("huda", "4711");
  expect(session.state()).toBe("open");
  // And an unknown card ends it there.
  put("ffff", false, "Another reader");
  expect(reason(session)).toBe("other-badge");
  await session.signIn("huda", "4711");
  take(card);
  expect(session.state()).toBe("locked");
});

test("a badge taken while the PIN is checked leaves nothing open", async () => {
  const { session, put, take, pc } = await ward();
  const card = put(HUDA);
  pc.countHooks.push(() => take(card));
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "interrupted" });
  expect(session.state()).toBe("sealed");
});

test("within the grace time a badge that proves itself re-opens without a PIN", async () => {
  const { session, put, take, prove, pc } = await ward();
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
  const { session, put, take, prove } = await ward();
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
  const { session, put, take, pc } = await ward();
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
  const { session, put, take, prove, pc } = await ward();
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
  const { session, say, put, take, prove, pc } = await ward();
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
  const w = await ward();
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
    const w = await ward("optional", { change: { when: () => new Date("2026-11-20T10:00:00Z") } });
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
    const { session, put, take, pc } = await ward();
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
  const { session, put, take, prove, pc } = await ward();
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
  const { session, put, take, pc } = await ward();
  take((await signedIn(session, put)).card);
  await pc.revoke("huda");
  session.rosterChanged();
  put(HUDA, true);
  expect(pc.asked).toEqual([]);
});

test("a swapped card whose removal nobody told locks all the same", async () => {
  const { session, put } = await ward();
  put(HUDA);
  await session.signIn("huda", "4711");
  put(HUDA);
  expect(reason(session)).toBe("badge-removed");
});

test("a number on two people's entries names nobody", async () => {
  const { session, put } = await ward("optional", { sara: badgeOf(HUDA) });
  put(HUDA);
  expect(session.view().badge).toMatchObject({ clinician: null, unknown: true });
});

test("a wedge reader names on the lock screen for a while, locks an open session, and opens nothing", async () => {
  const { session, pc } = await ward("optional", {
    session: { wedge: true },
    sara: { badges: [{ uid: SARA, wedge: "77001234" }] },
  });
  session.wedge("01-02-03-04-05");
  expect(session.view().badge.clinician).toBe("huda");
  session.wedge("77001234");
  expect(session.view()).toMatchObject({ state: "sealed", badge: { clinician: "sara" } });
  pc.advance(30_000);
  expect(session.view().badge).toMatchObject({ clinician: null, unknown: false });
  await session.signIn("huda", "4711");
  session.wedge("0102030405");
  expect(reason(session)).toBe("badge-removed");
  session.wedge("0102030405");
  expect(session.state()).toBe("locked");
  await session.signIn("huda", "4711");
  session.wedge("what is this");
  expect(reason(session)).toBe("other-badge");
  expect(pc.asked).toEqual([]);
});

const uid = fc.constantFrom(HUDA, HUDA, HUDA, SARA, "ffff", null);
const presences = fc.integer({ min: 1, max: 4 });
const readers = fc.constantFrom(READER, "Another reader");
/** Everything a badge process can say, right or wrong, except a right proof; and a wedge reader's typing. */
const noise: fc.Arbitrary<FromBadge | { kind: "tap"; code: string }> = fc.oneof(
  fc.record({
    kind: fc.constant("watch" as const),
    state: fc.constantFrom(...Array<"watching">(12).fill("watching"), "no-reader", "no-service"),
    readers: fc.constant<string[]>([READER, "Another reader"]),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("card-in" as const),
      reader: readers,
      presence: presences,
      uid,
      piv: fc.constantFrom(true, true, false),
    }),
  },
  fc.record({
    kind: fc.constant("card-out" as const),
    reader: readers,
    presence: presences,
    why: fc.constantFrom(
      ...Array<"removed">(12).fill("removed"),
      "reader-lost",
      "service-lost",
      "hung",
    ),
    at: fc.constant(0),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("proof" as const),
      // Negative: what was asked last.
      id: fc.integer({ min: -8, max: 4 }),
      presence: presences,
      certificate: fc.constantFrom(CERTIFICATE, "b3RoZXI="),
      signature: fc.base64String(),
      algorithm: fc.constantFrom("ES256", "RS256"),
    }),
  },
  fc.record({
    kind: fc.constant("no-proof" as const),
    id: presences,
    why: fc.constantFrom("gone", "not-piv", "refused", "timeout"),
  }),
  fc.record({ kind: fc.constant("tap" as const), code: fc.constantFrom(HUDA, SARA, "77001234") }),
);

test("whatever readers and cards say, nothing but a right proof opens a locked or sealed PC", async () => {
  const { session, put, pc } = await ward("optional", { session: { wedge: true } });
  put(HUDA, true);
  await session.signIn("huda", "4711");
  const ticket = session.ticket();
  session.lock("user");
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { maxLength: 30 }), async (sequence) => {
      const before = pc.asked.length;
      for (const one of sequence) {
        const question = pc.asked.at(-1);
        if (one.kind === "tap") session.wedge(one.code);
        else if (one.kind === "proof" && one.id < 1 && question?.kind === "prove")
          session.badge({ ...one, id: question.id, presence: question.presence });
        else session.badge(one);
        expect(session.state()).toBe("locked");
      }
      await settled();
      expect(session.state()).toBe("locked");
      expect(ticket.valid()).toBe(false);
      asked += pc.asked.length - before;
      // A lost reader takes the right to re-open with it: so the next sequence starts from a fresh lock.
      put(HUDA, true);
      await session.signIn("huda", "4711");
      session.lock("user");
    }),
    { numRuns: 60 },
  );
  // Cards were asked, and answered wrongly, many times.
  expect(asked).toBeGreaterThan(20);
});

test("where policy wants neither, badges and taps change nothing", async () => {
  const pc = await workstation(hospital, { huda: badgeOf(HUDA) });
  const session = pc.start();
  await session.signIn("huda", "4711");
  session.badge({ kind: "watch", state: "watching", readers: [READER] });
  session.badge({ kind: "card-in", reader: READER, presence: 1, uid: "ffff", piv: false });
  session.wedge("ffff");
  session.badgeLost();
  expect(session.view()).toMatchObject({
    state: "open",
    badge: { watch: "off", clinician: null, unknown: false },
  });
});
