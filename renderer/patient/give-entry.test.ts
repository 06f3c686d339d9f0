import { expect, test } from "vitest";
import { FIVE_RIGHTS } from "../app/index.ts";
import {
  emptyGiveEntry,
  facing,
  type GiveEntry,
  giveProblem,
  isOutrun,
  keptGiving,
  ticksFor,
  withTick,
} from "./give-entry.ts";

const entry: GiveEntry = {
  given: false,
  ticked: new Set(["patient", "dose"]),
  facing: null,
  notGiven: "other",
  text: "in theatre until noon",
  reason: "desensitised this morning",
  second: "doctor-layla",
  pin: "482915",
};

test("what is kept of a dose being given comes back without its ticks and without the second clinician", () => {
  const kept = JSON.stringify(keptGiving.write(entry));
  expect(kept).not.toContain("482915");
  expect(kept).not.toContain("doctor-layla");
  const { given, notGiven, text, reason } = entry;
  expect(keptGiving.read(JSON.parse(kept))).toEqual({
    ...emptyGiveEntry,
    given,
    notGiven,
    text,
    reason,
  });
});

test("a kept dose that is damaged in part comes back with the rest, and never with something invented", () => {
  expect(keptGiving.read({ given: 1, notGiven: "no such reason", text: 7, reason: "why" })).toEqual(
    {
      ...emptyGiveEntry,
      reason: "why",
    },
  );
});

const order = { version: "3", nextDue: "2026-11-23T08:00:00+03:00", lastGiven: null };
const compared = facing(order);
const allTicked = FIVE_RIGHTS.reduce(
  (ticked, right) => withTick(ticked, compared, right, true),
  emptyGiveEntry,
);
const asked = { check: null, facing: compared, isChanged: false };

test("a dose is given when each of the five rights was compared", () => {
  expect(giveProblem(emptyGiveEntry, asked)).toBe("rights");
  for (const right of FIVE_RIGHTS)
    expect(giveProblem(withTick(allTicked, compared, right, false), asked)).toBe("rights");
  expect(giveProblem(allTicked, asked)).toBeNull();
});

test.each([
  ["the HIS changed the order", { version: "4" }],
  ["another dose is due", { nextDue: "2026-11-23T14:00:00+03:00" }],
  ["a colleague has given it", { lastGiven: "2026-11-23T07:58:00+03:00" }],
])("what was ticked before %s is compared again, and it is said why", (_what, change) => {
  const now = facing({ ...order, ...change });
  expect(isOutrun(allTicked, compared)).toBe(false);
  expect(isOutrun(allTicked, now)).toBe(true);
  expect(ticksFor(allTicked, now)).toEqual(new Set());
  expect(giveProblem(allTicked, { ...asked, facing: now })).toBe("rights");
  // The first tick in front of what it is now is one of five, not the last of them.
  const anew = withTick(allTicked, now, "dose", true);
  expect(ticksFor(anew, now)).toEqual(new Set(["dose"]));
  expect(isOutrun(anew, now)).toBe(false);
});

test("an order that was changed unsigned is given only when what it was has been compared too; not giving it asks nothing", () => {
  const changed = { ...asked, isChanged: true };
  expect(giveProblem(allTicked, changed)).toBe("change");
  expect(giveProblem(withTick(allTicked, compared, "change", true), changed)).toBeNull();
  expect(giveProblem({ ...emptyGiveEntry, given: false, notGiven: "asleep" }, changed)).toBeNull();
});
