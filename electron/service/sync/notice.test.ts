import { expect, test } from "vitest";
import { isNewer } from "./notice.ts";

const AT = "2026-11-23T09:00:05.000Z";
const version = (versionId: string, lastUpdated: string) => ({
  resourceType: "Observation",
  id: "o",
  meta: { versionId, lastUpdated },
});

/** [what, the version's number and time, the removal's, whether the version came after the removal] */
test.each<[string, [string, string], [string | null, string, boolean], boolean]>([
  ["written after a deletion", ["1", "2026-11-23T09:00:06Z"], ["7", AT, true], true],
  ["written before a deletion", ["9", "2026-11-23T09:00:04Z"], ["7", AT, true], false],
  ["of the moment of a deletion, counted after it", ["8", AT], ["7", AT, true], true],
  ["of the moment of a deletion, counted before it", ["6", AT], ["7", AT, true], false],
  ["of the moment of a deletion that has no number", ["6", AT], [null, AT, true], true],
  ["of the moment of a deletion, where versions are no numbers", ["b", AT], ["a", AT, true], true],
  ["of the moment of a listing", ["1", AT], [null, AT, false], true],
  ["written before a listing", ["1", "2026-11-23T09:00:04Z"], [null, AT, false], false],
  [
    "counted before a deletion of no known time",
    ["6", "2026-11-23T09:00:04Z"],
    ["7", AT, false],
    false,
  ],
  [
    "counted after a deletion of no known time",
    ["8", "2026-11-23T09:00:04Z"],
    ["7", AT, false],
    true,
  ],
])("a version %s", (_what, [number, time], [gone, at, exact], newer) => {
  expect(isNewer(version(number, time), { version: gone, at, exact })).toBe(newer);
});
