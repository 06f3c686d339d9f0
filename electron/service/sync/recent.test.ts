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

test("of a large ward the latest versions are known, each as it is and no other, and the oldest are forgotten", () => {
  const recent = createRecent(2_000);
  const entry = (number: number, about = "1") => ({
    type: "Observation",
    id: `7d5f-${number}`,
    version: about,
    lastUpdated: at(NOW + number),
    resource: {},
  });
  const all = Array.from({ length: 20_000 }, (_, number) => entry(number));
  for (let from = 0; from < all.length; from += 50) recent.add(all.slice(from, from + 50));
  expect(all.slice(-1_000).every((one) => recent.has(one))).toBe(true);
  expect(all.slice(0, -2_000).some((one) => recent.has(one))).toBe(false);
  expect(all.slice(-1_000).some(({ id }) => recent.has({ ...entry(0), id }))).toBe(false);
  expect(all.slice(-1_000).some((_, index) => recent.has(entry(19_000 + index, "2")))).toBe(false);
});

test("what says neither its version nor its time is received each time", () => {
  const recent = createRecent(10);
  const plain = { type: "Observation", id: "o1", version: null, lastUpdated: null, resource: {} };
  recent.add([plain, { ...plain, version: "1" }]);
  expect(recent.has(plain)).toBe(false);
  expect(recent.has({ ...plain, version: "1" })).toBe(false);
});
