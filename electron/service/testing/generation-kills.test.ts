import { expect, test } from "vitest";
import { killGenerations } from "./generation-kills.ts";

test("60 kills of a writing process are never taken for a rollback, and every older file put back is found", async () => {
  const { kills, falseAlarms, rollbacks, missed } = await killGenerations((count) => count >= 60);
  expect({ kills, falseAlarms, missed }).toEqual({ kills: 60, falseAlarms: 0, missed: 0 });
  expect(rollbacks).toBeGreaterThan(20);
}, 180_000);
