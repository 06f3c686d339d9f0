import { expect, test } from "vitest";
import { createDrain } from "./drain.ts";

test("an outbox that empties says how many of how many, and about how long the rest takes", () => {
  let now = 0;
  const drain = createDrain(() => now);
  expect(drain.look(300, false)).toBeNull();
  const said = Array.from({ length: 20 }, (_none, second) => {
    now = second * 1_000;
    return drain.look(300 - second * 10, true);
  });
  expect(said[0]).toEqual({ done: 0, total: 300, secondsLeft: null });
  expect(said[10]).toEqual({ done: 100, total: 300, secondsLeft: 20 });
  expect(drain.look(0, true)).toBeNull();
});

test("what is charted meanwhile makes the whole larger and takes nothing from what is done", () => {
  const drain = createDrain(() => 0);
  drain.look(100, true);
  expect(drain.look(60, true)).toMatchObject({ done: 40, total: 100 });
  expect(drain.look(65, true)).toMatchObject({ done: 40, total: 105 });
});

test("a few entries are gone before anybody could read a count, and an outage begins anew", () => {
  const drain = createDrain(() => 0);
  drain.look(5, true);
  expect(drain.look(3, true)).toBeNull();
  drain.look(100, true);
  drain.look(50, true);
  expect(drain.look(50, false)).toBeNull();
  expect(drain.look(50, true)).toMatchObject({ done: 0, total: 50 });
});
