import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { FromBadge } from "../../../shared/badge.ts";
import { makeHospital, type Hospital } from "../testing/index.ts";
import { Locked, NotReady, type Session } from "./index.ts";
import { CERTIFICATE, HUDA, READER, SARA, settled, ward } from "./test-badges.ts";
import { badgeOf, workstation } from "./test-pc.ts";

let hospital: Hospital;
beforeEach(async () => {
  hospital = await makeHospital();
});

const reason = (session: Session): unknown => session.view().lastLock?.reason;

test("the nurse takes her badge: refused in the same breath, before the message is done", async () => {
  const { session, put, take } = await ward(hospital);
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
    const { session, put, take } = await ward(hospital);
    const card = put(HUDA);
    await session.signIn("huda", "4711");
    take(card, why);
    expect(reason(session)).toBe("reader-lost");
  },
);

test("the badge process dies, or watches no more: whoever came in with a badge is locked", async () => {
  const { session, say, put } = await ward(hospital);
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
  const { session, put, take } = await ward(hospital);
  await session.signIn("huda", "4711");
  const card = put(HUDA);
  expect(session.state()).toBe("open");
  take(card);
  expect(reason(session)).toBe("badge-removed");
});

test("a colleague's badge locks her session, names him, and still wants his PIN", async () => {
  const { session, put, pc } = await ward(hospital);
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
  const { session, put } = await ward(hospital);
  await session.signIn("huda", "4711");
  put("ffff");
  expect(session.view().badge).toMatchObject({ clinician: null, unknown: true });
  expect(session.state()).toBe("open");
});

test("where badges are required, no badge means no PIN is looked at", async () => {
  const { session, put, take, pc } = await ward(hospital, "required");
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
  const { session, put, take, pc } = await ward(hospital);
  const card = put(HUDA);
  pc.countHooks.push(() => take(card));
  await expect(session.signIn("huda", "4711")).rejects.toMatchObject({ code: "interrupted" });
  expect(session.state()).toBe("sealed");
});

test("a swapped card whose removal nobody told locks all the same", async () => {
  const { session, put } = await ward(hospital);
  put(HUDA);
  await session.signIn("huda", "4711");
  put(HUDA);
  expect(reason(session)).toBe("badge-removed");
});

test("a number on two people's entries names nobody", async () => {
  const { session, put } = await ward(hospital, "optional", { sara: badgeOf(HUDA) });
  put(HUDA);
  expect(session.view().badge).toMatchObject({ clinician: null, unknown: true });
});

test("a wedge reader names on the lock screen for a while, locks an open session, and opens nothing", async () => {
  const { session, pc } = await ward(hospital, "optional", {
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
  const { session, put, pc } = await ward(hospital, "optional", { session: { wedge: true } });
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
