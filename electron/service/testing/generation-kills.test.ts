import { expect, test } from "vitest";
import { killGenerations } from "./generation-kills.ts";

// Thirty more are made by `npm run faults`, which `npm test` runs; there as many as anybody has time for.
test("20 kills of a writing process are never taken for a rollback, and every older file put back is found", async () => {
  const { kills, falseAlarms, rollbacks, missed } = await killGenerations((count) => count >= 20);
  expect({ kills, falseAlarms, missed }).toEqual({ kills: 20, falseAlarms: 0, missed: 0 });
  expect(rollbacks).toBeGreaterThan(7);
}, 180_000);
