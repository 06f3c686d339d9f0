import fc from "fast-check";
import { expect, test } from "vitest";
import {
  mayReopen,
  next,
  SEALED,
  wakeAt,
  type Attempt,
  type HardReason,
  type SessionEvent,
  type SessionRules,
  type SessionState,
  type SoftReason,
} from "./machine.ts";

const MINUTE = 60_000;
const rules: SessionRules = {
  graceMs: 15 * MINUTE,
  hardLockMs: 60 * MINUTE,
  emergencyMs: 30 * MINUTE,
  badge: "optional",
};
const required: SessionRules = { ...rules, badge: "required" };

const huda: Attempt = { id: 1, way: "pin", clinician: "huda", badge: null };
const sara: Attempt = { id: 2, way: "pin", clinician: "sara", badge: null };
const card: Attempt = { id: 3, way: "badge", clinician: "huda", badge: 7 };
const envelope: Attempt = { id: 4, way: "emergency", clinician: null, badge: null };
const open: SessionState = {
  kind: "open",
  session: 1,
  clinician: "huda",
  badge: null,
  until: null,
};
const byBadge: SessionState = { ...open, badge: 7 };
const emergency: SessionState = { ...open, clinician: null, until: 30 * MINUTE };
const locked: SessionState = { kind: "locked", attempt: null, since: 0, reopens: "huda" };

const soft: readonly SoftReason[] = [
  "user",
  "idle",
  "os-lock",
  "page-lost",
  "badge-removed",
  "reader-lost",
  "other-badge",
  "display-off",
  "remote-session",
];
const hard: readonly HardReason[] = ["sign-out", "suspend", "policy", "emergency-over"];

function kinds(
  state: SessionState,
  event: SessionEvent,
  at = 0,
  by: SessionRules = rules,
): [string, string[]] {
  const step = next(state, event, at, by);
  return [step.state.kind, step.effects.map((effect) => effect.kind)];
}
const reasonOf = (state: SessionState, event: SessionEvent, by: SessionRules = rules): unknown => {
  const [cover] = next(state, event, 0, by).effects;
  return cover?.kind === "cover" ? cover.reason : null;
};
function after(events: readonly SessionEvent[], from: SessionState, by = rules): SessionState {
  let state = from;
  for (const event of events) state = next(state, event, 0, by).state;
  return state;
}

test.each(soft)("a lock by %s covers the page first and keeps the key", (reason) => {
  expect(kinds(open, { kind: "lock", reason })).toEqual(["locked", ["cover", "stop-idle"]]);
});

test.each(hard)("%s covers the page first and drops the key at once", (reason) => {
  const event = { kind: "seal", reason } as const;
  expect(kinds(open, event)).toEqual(["sealed", ["cover", "stop-idle", "drop-vault"]]);
  expect(kinds(locked, event)).toEqual(["sealed", ["drop-vault"]]);
});

test("a PC left locked seals itself after the hard-lock time, also while somebody tries PINs", () => {
  const due = 60 * MINUTE;
  for (const attempt of [null, huda]) {
    expect(kinds({ ...locked, attempt }, { kind: "time" }, due - 1)).toEqual(["locked", []]);
    expect(kinds({ ...locked, attempt }, { kind: "time" }, due)).toEqual([
      "sealed",
      ["drop-vault"],
    ]);
  }
  expect(
    kinds({ ...locked, attempt: huda }, { kind: "granted", attempt: huda, badge: null }, due),
  ).toEqual(["sealed", ["drop-vault"]]);
  expect(kinds(open, { kind: "time" }, due)).toEqual(["open", []]);
});

test("another nurse at the keys ends the session of the one before, even if her PIN is wrong", () => {
  const tried = next(open, { kind: "try", attempt: sara }, 0, rules);
  expect(tried.state.kind).toBe("locked");
  expect(tried.effects[0]).toMatchObject({ kind: "cover", reason: "user" });
  expect(next(tried.state, { kind: "denied", attempt: sara }, 0, rules).state.kind).toBe("locked");
});

test.each([
  ...soft.map((reason) => ({ kind: "lock", reason }) as const),
  ...hard.map((reason) => ({ kind: "seal", reason }) as const),
])("a PIN that turns out right after $kind by $reason opens nothing", (event) => {
  for (const from of [SEALED, locked])
    for (const attempt of [huda, envelope]) {
      const state = after(
        [{ kind: "try", attempt }, event, { kind: "granted", attempt, badge: null }],
        from,
      );
      expect(state.kind).not.toBe("open");
    }
});

test("taking the badge locks; a reader, a service or a card that no longer answers is a taken badge", () => {
  const gone = (why: "removed" | "reader-lost" | "service-lost" | "hung"): SessionEvent => ({
    kind: "badge-out",
    presence: 7,
    clinician: "huda",
    why,
  });
  expect(reasonOf(byBadge, gone("removed"))).toBe("badge-removed");
  for (const why of ["reader-lost", "service-lost", "hung"] as const)
    expect(reasonOf(byBadge, gone(why))).toBe("reader-lost");
  expect(reasonOf(byBadge, { kind: "unwatched" })).toBe("reader-lost");
  // Another card, or a session that never had one.
  expect(reasonOf({ ...byBadge, badge: 8 }, gone("removed"))).toBe(null);
  expect(reasonOf(open, { kind: "unwatched" })).toBe(null);
  expect(reasonOf(open, { kind: "unwatched" }, required)).toBe("reader-lost");
});

test("a session opened by PIN is bound to her badge once she puts it there", () => {
  const bound = next(open, { kind: "badge-in", presence: 7, clinician: "huda" }, 0, rules).state;
  expect(bound).toEqual(byBadge);
  // A second card with her number changes nothing: the first one's removal still locks.
  expect(next(bound, { kind: "badge-in", presence: 8, clinician: "huda" }, 0, rules).state).toEqual(
    byBadge,
  );
});

test("a colleague's badge locks and names her; an unknown card locks only where badges are required", () => {
  const his: SessionEvent = { kind: "badge-in", presence: 9, clinician: "sara" };
  const bus: SessionEvent = { kind: "badge-in", presence: 9, clinician: null };
  for (const state of [open, byBadge, emergency])
    expect(next(state, his, 0, rules).effects[0]).toEqual({
      kind: "cover",
      reason: "other-badge",
      newcomer: "sara",
    });
  expect(reasonOf(byBadge, bus)).toBe(null);
  expect(reasonOf(byBadge, bus, required)).toBe("other-badge");
});

test("a wedge reader's tap locks and names, and opens nothing", () => {
  expect(reasonOf(open, { kind: "wedge", clinician: "huda" })).toBe("badge-removed");
  expect(reasonOf(open, { kind: "wedge", clinician: "sara" })).toBe("other-badge");
  expect(reasonOf(open, { kind: "wedge", clinician: null })).toBe("other-badge");
  expect(reasonOf(emergency, { kind: "wedge", clinician: null })).toBe("other-badge");
  for (const state of [SEALED, locked])
    expect(kinds(state, { kind: "wedge", clinician: "huda" })).toEqual([state.kind, []]);
});

test("her badge re-opens within the grace time, and not a moment longer", () => {
  const tried = (at: number): SessionState =>
    next(locked, { kind: "try", attempt: card }, at, rules).state;
  const proven: SessionEvent = { kind: "granted", attempt: card, badge: 7 };
  expect(next(tried(0), proven, 15 * MINUTE - 1, rules).state).toMatchObject({
    kind: "open",
    clinician: "huda",
    badge: 7,
  });
  expect(next(tried(0), proven, 15 * MINUTE, rules).state.kind).toBe("locked");
  expect(tried(15 * MINUTE)).toEqual(locked);
});

test("a badge re-opens nobody else's session, no sealed PC, and none that was locked hard", () => {
  const hers = { ...card, clinician: "sara" };
  const proven = (attempt: Attempt): SessionEvent[] => [
    { kind: "try", attempt },
    { kind: "granted", attempt, badge: 7 },
  ];
  expect(after(proven(hers), locked).kind).toBe("locked");
  expect(after(proven(card), SEALED).kind).toBe("sealed");
  expect(after(proven(card), { ...locked, reopens: null }).kind).toBe("locked");
  expect(after(proven(card), after([{ kind: "lock", reason: "reader-lost" }], open)).kind).toBe(
    "locked",
  );
  expect(
    after(proven(card), after([{ kind: "lock", reason: "badge-removed" }], byBadge)).kind,
  ).toBe("open");
  // Locked by hand, then the reader goes and comes back with the card on it: nobody put it there.
  const glitch: SessionEvent[] = [{ kind: "lock", reason: "user" }, { kind: "unwatched" }];
  expect(after(proven(card), after(glitch, byBadge)).kind).toBe("locked");
});

test("a card that was swapped or taken while it was asked re-opens nothing", () => {
  const asked = next(locked, { kind: "try", attempt: card }, 0, rules).state;
  expect(after([{ kind: "granted", attempt: card, badge: 8 }], asked).kind).toBe("locked");
  expect(after([{ kind: "granted", attempt: card, badge: null }], asked).kind).toBe("locked");
  const taken: SessionEvent = { kind: "badge-out", presence: 7, clinician: "huda", why: "removed" };
  expect(after([taken, { kind: "granted", attempt: card, badge: 7 }], asked).kind).toBe("locked");
});

test("only the newest sign-in counts, and a PIN that is being checked goes before a card", () => {
  const both: SessionEvent[] = [
    { kind: "try", attempt: huda },
    { kind: "try", attempt: sara },
  ];
  expect(after([...both, { kind: "granted", attempt: huda, badge: null }], SEALED).kind).toBe(
    "sealed",
  );
  expect(after([...both, { kind: "granted", attempt: sara, badge: null }], SEALED)).toMatchObject({
    kind: "open",
    clinician: "sara",
  });
  const typing = next(locked, { kind: "try", attempt: sara }, 0, rules).state;
  expect(next(typing, { kind: "try", attempt: card }, 0, rules).state).toEqual(typing);
  // A colleague's badge takes back the sign-in that is under way.
  const tapped: SessionEvent = { kind: "badge-in", presence: 9, clinician: "huda" };
  const then: SessionEvent = { kind: "granted", attempt: sara, badge: null };
  expect(after([tapped, then], typing).kind).toBe("locked");
});

test("where badges are required nobody comes in by PIN alone", () => {
  const tried = next(SEALED, { kind: "try", attempt: huda }, 0, required).state;
  expect(next(tried, { kind: "granted", attempt: huda, badge: null }, 0, required).state).toEqual(
    SEALED,
  );
  expect(
    next(tried, { kind: "granted", attempt: huda, badge: 7 }, 0, required).state,
  ).toMatchObject({ kind: "open", badge: 7 });
});

test("an emergency access ends by time, and whatever ends it takes the key along", () => {
  expect(kinds(emergency, { kind: "time" }, 30 * MINUTE)).toEqual([
    "sealed",
    ["cover", "stop-idle", "drop-vault"],
  ]);
  for (const reason of soft)
    expect(kinds(emergency, { kind: "lock", reason })).toEqual([
      "sealed",
      ["cover", "stop-idle", "drop-vault"],
    ]);
  const taken = after(
    [
      { kind: "try", attempt: envelope },
      { kind: "granted", attempt: envelope, badge: null },
    ],
    SEALED,
    required,
  );
  expect(taken).toMatchObject({ kind: "open", clinician: null, until: 30 * MINUTE });
});

// ---------------------------------------------------------------- whatever happens

const people = fc.constantFrom("huda", "sara");
const presence = fc.integer({ min: 1, max: 3 });
const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    way: fc.constantFrom("pin" as const, "badge" as const),
    clinician: people,
    badge: fc.option(presence),
  }),
  fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    way: fc.constant("emergency" as const),
    clinician: fc.constant(null),
    badge: fc.constant(null),
  }),
);
const events: fc.Arbitrary<SessionEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("try" as const), attempt: attempts }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("granted" as const),
      attempt: attempts,
      badge: fc.option(presence),
    }),
  },
  fc.record({ kind: fc.constant("denied" as const), attempt: attempts }),
  fc.record({ kind: fc.constant("lock" as const), reason: fc.constantFrom(...soft) }),
  fc.record({ kind: fc.constant("seal" as const), reason: fc.constantFrom(...hard) }),
  fc.record({ kind: fc.constant("badge-in" as const), presence, clinician: fc.option(people) }),
  fc.record({
    kind: fc.constant("badge-out" as const),
    presence,
    clinician: fc.option(people),
    why: fc.constantFrom("removed", "reader-lost", "service-lost", "hung"),
  }),
  fc.constant({ kind: "unwatched" as const }),
  fc.record({ kind: fc.constant("wedge" as const), clinician: fc.option(people) }),
  fc.constant({ kind: "time" as const }),
);
/** Moments between events: mostly instants, sometimes past the grace time or the hard lock. */
const steps = fc.oneof(
  { weight: 20, arbitrary: fc.nat(1_000) },
  { weight: 1, arbitrary: fc.constantFrom(15 * MINUTE, 30 * MINUTE, 60 * MINUTE) },
);
const policies = fc.constantFrom({ ...rules, badge: "off" as const }, rules, required);
/** What mostly happens at a PC, so that sequences do get in and come back: each scene is a few events in their order. */
const scenes: fc.Arbitrary<readonly SessionEvent[]> = fc.oneof(
  { weight: 3, arbitrary: events.map((event) => [event]) },
  {
    weight: 2,
    arbitrary: attempts.map((attempt): SessionEvent[] => [
      { kind: "try", attempt },
      { kind: "granted", attempt, badge: attempt.badge },
    ]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...soft).map((reason): SessionEvent[] => [{ kind: "lock", reason }]),
  },
  {
    weight: 6,
    arbitrary: fc.record({ clinician: people, on: presence }).map(({ clinician, on }) => {
      const pin: Attempt = { id: 5, way: "pin", clinician, badge: on };
      const attempt: Attempt = { id: 6, way: "badge", clinician, badge: on };
      const scene: SessionEvent[] = [
        { kind: "try", attempt: pin },
        { kind: "granted", attempt: pin, badge: on },
        { kind: "badge-out", presence: on, clinician, why: "removed" },
        { kind: "badge-in", presence: on, clinician },
        { kind: "try", attempt },
        { kind: "granted", attempt, badge: on },
      ];
      return scene;
    }),
  },
);
const lively = fc
  .array(fc.tuple(scenes, fc.array(steps, { minLength: 6, maxLength: 6 })), { maxLength: 25 })
  .map((played) =>
    played.flatMap(([scene, times]) =>
      scene.map((event, index): [number, SessionEvent] => [times[index] ?? 0, event]),
    ),
  );

const equal = (one: Attempt, other: Attempt): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** What may open: only a grant, only of an attempt begun since the last lock, only as policy wants it. */
function rightfully(
  event: SessionEvent,
  rights: {
    readonly begun: readonly Attempt[];
    readonly before: SessionState;
    readonly lastOpen: { readonly clinician: string | null; readonly own: boolean } | null;
    readonly since: number;
  },
  by: SessionRules,
): boolean {
  if (event.kind !== "granted") return false;
  const { attempt, badge } = event;
  if (!rights.begun.some((one) => equal(one, attempt))) return false;
  if (attempt.way === "pin") return by.badge !== "required" || badge !== null;
  if (attempt.way === "emergency") return true;
  const { lastOpen } = rights;
  return (
    by.badge !== "off" &&
    rights.before.kind === "locked" &&
    lastOpen !== null &&
    lastOpen.own &&
    lastOpen.clinician === attempt.clinician &&
    rights.since < by.graceMs &&
    badge === attempt.badge
  );
}

test("no sequence of events opens without a grant for an attempt that began after the last lock", () => {
  let opened = 0;
  let reopened = 0;
  fc.assert(
    fc.property(lively, policies, (sequence, by) => {
      let state: SessionState = SEALED;
      /** What began since the last lock. */
      let begun: Attempt[] = [];
      let lastOpen: { clinician: string | null; own: boolean } | null = null;
      let lockedAt = 0;
      let at = 0;
      for (const [step, event] of sequence) {
        at += step;
        const before = state;
        state = next(before, event, at, by).state;
        const entered = state.kind === "open" && before.kind !== "open";
        const rights = { begun, before, lastOpen, since: at - lockedAt };
        expect(entered && !rightfully(event, rights, by)).toBe(false);
        if (entered) opened += 1;
        if (entered && before.kind === "locked" && event.kind === "granted")
          reopened += event.attempt.way === "badge" ? 1 : 0;
        if (before.kind === "open" && state.kind !== "open") {
          lastOpen = { clinician: before.clinician, own: before.until === null };
          lockedAt = before.until === null ? at : lockedAt;
          begun = [];
        }
        if (event.kind === "lock" || event.kind === "seal" || state.kind === "open") begun = [];
        if (event.kind === "denied") begun = begun.filter((one) => !equal(one, event.attempt));
        if (event.kind === "try") begun.push(event.attempt);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(opened).toBeGreaterThan(1_000);
  expect(reopened).toBeGreaterThan(100);
});

test("leaving an open session always covers the page before anything else, and every session has a new number or a lock between", () => {
  fc.assert(
    fc.property(lively, policies, (sequence, by) => {
      let state: SessionState = SEALED;
      let at = 0;
      for (const [step, event] of sequence) {
        at += step;
        const before = state;
        const { state: then, effects } = next(before, event, at, by);
        const left = before.kind === "open" && then.kind !== "open";
        expect(effects[0]?.kind === "cover").toBe(left);
        expect(effects.filter(({ kind }) => kind === "cover")).toHaveLength(left ? 1 : 0);
        // No step leads from one open session into another: tickets of the first are void in between.
        const both = before.kind === "open" && then.kind === "open";
        expect(both && then.session !== before.session).toBe(false);
        state = then;
      }
    }),
    { numRuns: 2_000 },
  );
});

test("whatever happened, the key is gone once the hard-lock time has passed since the lock", () => {
  fc.assert(
    fc.property(lively, policies, (sequence, by) => {
      let state: SessionState = SEALED;
      let held = false;
      let lockedAt: number | null = null;
      let at = 0;
      const go = (event: SessionEvent): void => {
        const { state: then, effects } = next(state, event, at, by);
        if (effects.some(({ kind }) => kind === "drop-vault")) held = false;
        if (then.kind === "open") [held, lockedAt] = [true, null];
        else if (state.kind === "open") lockedAt = at;
        state = then;
        // The key is there exactly while the state says so, and never longer than policy after a lock.
        expect(held).toBe(state.kind !== "sealed");
        const late = held && lockedAt !== null && at - lockedAt >= by.hardLockMs;
        expect(late).toBe(false);
      };
      for (const [step, event] of sequence) {
        at += step;
        go(event);
      }
      const due = wakeAt(state, by);
      at = Math.max(at, due ?? at);
      go({ kind: "time" });
      expect(due !== null && state.kind !== "sealed").toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("the lock screen's word that a badge would re-open is the machine's own", () => {
  expect(mayReopen(locked, "huda", 0, rules)).toBe(true);
  expect(mayReopen(locked, "sara", 0, rules)).toBe(false);
  expect(mayReopen(locked, null, 0, rules)).toBe(false);
  expect(mayReopen(locked, "huda", 0, { ...rules, badge: "off" })).toBe(false);
  expect(mayReopen(locked, "huda", 15 * MINUTE, rules)).toBe(false);
  expect(mayReopen({ ...locked, reopens: null }, null, 0, rules)).toBe(false);
});
