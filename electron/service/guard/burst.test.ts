import { expect, test } from "vitest";
import { BURST, createBurstWatch } from "./burst.ts";

test("a burst of unsigned allergies is told once, and again only after it has ebbed away", () => {
  const watch = createBurstWatch();
  expect(watch.added(BURST.additions - 1, 0)).toBeNull();
  expect(watch.added(1, 1_000)).toBe(BURST.additions);
  expect(watch.added(1, 2_000)).toBeNull();
  expect(watch.added(0, BURST.withinMs + 3_000)).toBeNull();
  expect(watch.added(BURST.additions, BURST.withinMs + 4_000)).toBe(BURST.additions);
});

test("as many over a day are none", () => {
  const watch = createBurstWatch();
  for (let hour = 0; hour < 40; hour += 1) expect(watch.added(3, hour * 3_600_000)).toBeNull();
});
