import { expect, test } from "vitest";
import { compareLooks, FLAG, UNAWARE } from "./look.ts";

const count = (ins: number) => ins * 0x1_0000;
const changed = FLAG.changed;
const there = FLAG.present;
const empty = FLAG.empty;
const away = FLAG.unknown | FLAG.unavailable;

test.each([
  ["the first look at an empty reader", UNAWARE, empty, null, false],
  ["the first look at a badge that lies there", UNAWARE, there | count(7), null, true],
  ["a badge put on", empty | count(2), there | count(3), null, true],
  ["a badge taken", there | count(3), empty | count(4), "removed", false],
  [
    "a badge swapped for another between two looks",
    there | count(3),
    there | count(5),
    "removed",
    true,
  ],
  ["a swap where the count starts again", there | count(0xffff), there | count(1), "removed", true],
  [
    "a reader that was away and back, its count begun anew",
    there | count(9),
    there,
    "removed",
    true,
  ],
  ["a badge that came and went between two looks", empty | count(2), empty | count(4), null, false],
  ["a reader that is gone with a badge on it", there | count(1), away, "reader-lost", false],
  [
    "a reader that says a badge is there and is itself away",
    there,
    there | away,
    "reader-lost",
    false,
  ],
  ["an empty reader that is gone", empty, away, null, false],
  [
    "a badge that another program talks with",
    there | count(1),
    there | count(1) | 0x100,
    null,
    false,
  ],
] as const)("%s", (_name, before, event, out, cardIn) => {
  expect(compareLooks(before, (event | changed) >>> 0)).toMatchObject({ out, in: cardIn });
});

test("what PC/SC does not call a change changes nothing", () => {
  expect(compareLooks(there, empty)).toEqual({ out: null, in: false, state: there });
});

test("the next look asks with what this one said", () => {
  const state = (there | count(0xffff)) >>> 0;
  expect(compareLooks(UNAWARE, (state | changed) >>> 0).state).toBe(state);
});
