import { expect, test } from "vitest";
import { killGenerations } from "./generation-kills.ts";
import { isLong } from "./sampled.ts";

// Thirty more are made by `npm run faults`, which `npm test` runs; given the time, as many as one likes.
const KILLS = isLong ? 60 : 15;

test("kills of a writing process are never taken for a rollback, and every older file put back is found", async () => {
  const { kills, falseAlarms, rollbacks, missed } = await killGenerations(
    (count) => count >= KILLS,
  );
  expect({ kills, falseAlarms, missed }).toEqual({ kills: KILLS, falseAlarms: 0, missed: 0 });
  expect(rollbacks).toBeGreaterThan(5);
}, 180_000);
