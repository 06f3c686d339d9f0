import fc from "fast-check";
import { expect, test } from "vitest";
import {
  next,
  SEALED,
  type Attempt,
  type HardReason,
  type SessionEvent,
  type SessionState,
  type SoftReason,
} from "./machine.ts";

const huda: Attempt = { id: 1, clinician: "huda" };
const sara: Attempt = { id: 2, clinician: "sara" };
const open: SessionState = { kind: "open", session: 1, clinician: "huda" };
const locked: SessionState = { kind: "locked", attempt: null };
const soft: readonly SoftReason[] = ["user", "idle", "os-lock", "page-lost"];
const hard: readonly HardReason[] = ["sign-out", "suspend", "policy"];

const kinds = (state: SessionState, event: SessionEvent): [string, string[]] => {
  const step = next(state, event);
  return [step.state.kind, step.effects.map((effect) => effect.kind)];
};

test.each(soft)(
  "a lock by %s covers the page first and keeps the key for the hard-lock time",
  (reason) => {
    expect(kinds(open, { kind: "lock", reason })).toEqual([
      "locked",
      ["cover", "stop-idle", "start-hard-lock"],
    ]);
  },
);

test.each(hard)("%s covers the page first and drops the key at once", (reason) => {
  expect(kinds(open, { kind: "seal", reason })).toEqual([
    "sealed",
    ["cover", "stop-idle", "drop-vault"],
  ]);
  expect(kinds(locked, { kind: "seal", reason })).toEqual([
    "sealed",
    ["stop-hard-lock", "drop-vault"],
  ]);
});

test("a PC left locked seals itself; one where a PIN is just being checked waits for that", () => {
  expect(kinds(locked, { kind: "hard-lock" })).toEqual([
    "sealed",
    ["stop-hard-lock", "drop-vault"],
  ]);
  expect(kinds({ kind: "locked", attempt: huda }, { kind: "hard-lock" })).toEqual(["locked", []]);
  expect(kinds(open, { kind: "hard-lock" })).toEqual(["open", []]);
  expect(kinds(SEALED, { kind: "hard-lock" })).toEqual(["sealed", []]);
});

test("another nurse at the keys ends the session of the one before, even if her PIN is wrong", () => {
  const tried = next(open, { kind: "try", attempt: sara });
  expect(tried.state.kind).toBe("locked");
  expect(tried.effects[0]).toMatchObject({ kind: "cover", clinician: "huda" });
  expect(next(tried.state, { kind: "denied", attempt: sara }).state.kind).toBe("locked");
});

test.each([
  ...soft.map((reason) => ({ kind: "lock", reason }) as const),
  ...hard.map((reason) => ({ kind: "seal", reason }) as const),
])("a PIN that turns out right after $kind by $reason opens nothing", (event) => {
  for (const from of [SEALED, locked]) {
    const trying = next(from, { kind: "try", attempt: huda }).state;
    const after = next(trying, event).state;
    expect(next(after, { kind: "granted", attempt: huda }).state.kind).not.toBe("open");
  }
});

const attempts = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  clinician: fc.constantFrom("huda", "sara"),
});
const events: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.record({ kind: fc.constant("try" as const), attempt: attempts }),
  fc.record({ kind: fc.constant("granted" as const), attempt: attempts }),
  fc.record({ kind: fc.constant("denied" as const), attempt: attempts }),
  fc.record({ kind: fc.constant("lock" as const), reason: fc.constantFrom(...soft) }),
  fc.record({ kind: fc.constant("seal" as const), reason: fc.constantFrom(...hard) }),
  fc.constant({ kind: "hard-lock" as const }),
);

test("there is no way to an open session but the newest sign-in, tried and granted with no lock between", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), (sequence) => {
      let state: SessionState = SEALED;
      let trying: Attempt | null = null;
      for (const event of sequence) {
        const before = state;
        state = next(state, event).state;
        const entered = state.kind === "open" && before.kind !== "open";
        const rightful =
          event.kind === "granted" &&
          event.attempt.id === trying?.id &&
          event.attempt.clinician === trying.clinician;
        expect(entered && !rightful).toBe(false);
        if (event.kind === "try") trying = event.attempt;
        else if (event.kind === "lock" || event.kind === "seal") trying = null;
        else if (
          event.kind === "denied" &&
          trying?.id === event.attempt.id &&
          trying.clinician === event.attempt.clinician
        )
          trying = null;
        else if (entered) trying = null;
      }
    }),
    { numRuns: 2_000 },
  );
});

test("leaving an open session always covers the page before anything else, and says why", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), (sequence) => {
      let state: SessionState = SEALED;
      for (const event of sequence) {
        const step = next(state, event);
        const left = state.kind === "open" && step.state.kind !== "open";
        expect(step.effects[0]?.kind === "cover").toBe(left);
        const drops = step.effects.some(({ kind }) => kind === "drop-vault");
        expect(left && step.state.kind === "sealed" && !drops).toBe(false);
        state = step.state;
      }
    }),
    { numRuns: 2_000 },
  );
});
