import { expect, test } from "vitest";
import { createLinkHistory } from "./link-history.ts";

const UP = { state: "live", cause: null, detail: null } as const;
const DOWN = { state: "outage", cause: "silent", detail: "no answer within 30 s" } as const;

test("IT sees each change of the line once, newest first, with its reason", () => {
  let now = 0;
  const history = createLinkHistory(() => now);
  for (const [at, state] of [
    [1, UP],
    [2, { ...UP, state: "catching-up" }],
    [3, DOWN],
    [4, { ...DOWN, detail: "another word for the same" }],
    [5, { ...DOWN, cause: "switched-off" }],
    [6, UP],
  ] as const) {
    now = at;
    history.saw(state);
  }
  expect(history.report().changes.map(({ at, state, cause }) => [at, state, cause])).toEqual([
    [6, "live", null],
    [5, "outage", "switched-off"],
    [3, "outage", "silent"],
    [1, "live", null],
  ]);
});

test("a line that flaps all night does not fill the memory", () => {
  const history = createLinkHistory(() => 0);
  for (let times = 0; times < 500; times += 1) history.saw(times % 2 === 0 ? UP : DOWN);
  expect(history.report().changes).toHaveLength(20);
});
