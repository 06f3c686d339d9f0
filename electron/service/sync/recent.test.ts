import { expect, test } from "vitest";
import { createRecent } from "./recent.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-23T10:00:00Z");
const at = (ms: number): string => new Date(ms).toISOString();
const version = (number: number, updated: number) => ({
  type: "MedicationRequest",
  id: "m1",
  version: String(number),
  lastUpdated: at(updated),
  resource: {},
});

test("an answer that was overtaken on its way is passed over; one that comes later is the HIS's own word", () => {
  const recent = createRecent(10);
  recent.add([version(2, NOW)]);
  expect(recent.overtaken(version(1, NOW - MINUTE), at(NOW + 1000), MINUTE)).toBe(true);
  expect(recent.overtaken(version(1, NOW - MINUTE), at(NOW + 2 * MINUTE), MINUTE)).toBe(false);
});

test("a version that dates itself years ahead does not silence the stop that is written after it", () => {
  const recent = createRecent(10);
  recent.add([version(99, Date.parse("2099-01-01T00:00:00Z"))]);
  expect(recent.overtaken(version(100, NOW), at(NOW + 1000), MINUTE)).toBe(false);
});
