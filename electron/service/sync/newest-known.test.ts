import { expect, test } from "vitest";
import { newestOf, wordOn } from "./newest-known.ts";
import type { Known } from "./newest-known.ts";

/** Seconds on the HIS's clock. */
const version = (id: string, seconds: number, number: string | null = "2"): Known => ({
  type: "Observation",
  id,
  version: number,
  at: seconds * 1000,
  gone: false,
});
const removal = (id: string, seconds: number): Known => ({ ...version(id, seconds), gone: true });
const held = (number: string | null, seconds: number | null) => ({
  version: number,
  lastUpdated: seconds === null ? null : new Date(seconds * 1000).toISOString(),
});

test.each<[string, Known, ReturnType<typeof held> | undefined, string]>([
  ["is as it was told", version("a", 100), held("2", 100), "as-told"],
  ["was changed since", version("a", 100), held("3", 200), "moved-on"],
  ["is at an earlier version", version("a", 100), held("1", 50), "went-back"],
  ["has an earlier version, written again since", version("a", 100), held("1", 200), "went-back"],
  ["has the same number, written again since", version("a", 100), held("2", 200), "went-back"],
  ["is not there", version("a", 100), undefined, "missing"],
  ["has no time", version("a", 100), held("1", null), "moved-on"],
  ["of no numbers was changed since", version("a", 100, null), held(null, 200), "moved-on"],
  ["of no numbers is older", version("a", 100, null), held(null, 50), "went-back"],
  ["of odd numbers was changed since", version("a", 100, "x7"), held("q2", 200), "moved-on"],
  ["that was deleted is not there", removal("a", 100), undefined, "as-told"],
  ["that was deleted is there as before", removal("a", 100), held("1", 50), "went-back"],
  ["that was deleted was made anew", removal("a", 100), held("3", 200), "moved-on"],
])("a record that %s", (_what, known, now, word) => {
  expect(wordOn(known, now)).toBe(word);
});

test("the newest six versions and two deletions are remembered, each record once and by its last word", () => {
  const told = [10, 30, 20, 60, 50, 40, 70].map((at) => version(`v${at}`, at));
  const gone = [15, 35, 25].map((at) => removal(`g${at}`, at));
  const known = newestOf(newestOf([], told, 1e9), [...gone, version("v30", 80)], 1e9);
  expect(known.map(({ id, at }) => `${id} ${at / 1000}`)).toEqual(
    ["v30 80", "v70 70", "v60 60", "v50 50", "v40 40", "v20 20"].concat(["g35 35", "g25 25"]),
  );
});

test("what dates itself ahead of the answer it comes in is not remembered, and is forgotten when the clock is put right", () => {
  const ahead = newestOf([], [version("a", 7200), version("b", 100)], 100_000);
  expect(ahead.map(({ id }) => id)).toEqual(["b"]);
  const wrong = newestOf([], [version("a", 7200)], 7_200_000);
  expect(newestOf(wrong, [version("b", 100)], 100_000).map(({ id }) => id)).toEqual(["b"]);
});
