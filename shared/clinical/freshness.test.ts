import fc from "fast-check";
import { expect, test } from "vitest";
import { freshness } from "./freshness.ts";
import type { FreshnessInput } from "./freshness.ts";

const NOON = Date.UTC(2026, 10, 28, 12);
const ago = (minutes: number): string => new Date(NOON - minutes * 60_000).toISOString();
const whole = { loaded: true, damaged: false, unreadable: 0, asOf: ago(0) };
const input = (change: Partial<FreshnessInput> = {}): FreshnessInput => ({
  section: whole,
  now: NOON,
  limits: { ageingMinutes: 5, staleMinutes: 30 },
  keptUp: true,
  doubtful: false,
  ...change,
});
const state = (change: Partial<FreshnessInput>): string => freshness(input(change)).state;

test.each([
  [0, "fresh"],
  [4.9, "fresh"],
  [5, "ageing"],
  [29.9, "ageing"],
  [30, "stale"],
  [9_999, "stale"],
] as const)("a section of %i minutes ago is %s", (minutes, expected) => {
  expect(state({ section: { ...whole, asOf: ago(minutes) } })).toBe(expected);
});

test("in an outage nothing is fresh from its first minute on", () => {
  expect(state({ keptUp: false })).toBe("ageing");
  expect(state({ keptUp: false, section: { ...whole, asOf: ago(31) } })).toBe("stale");
});

test("with a clock that cannot be believed nothing is fresh, and no age is made up", () => {
  expect(freshness(input({ doubtful: true }))).toEqual({ state: "ageing", ageMs: null });
  // An answer from the future: this PC's clock is behind, and any age it counts is too small.
  const ahead = { ...whole, asOf: ago(-10) };
  expect(freshness(input({ section: ahead }))).toEqual({ state: "ageing", ageMs: null });
});

test("what has not arrived, is damaged or cannot be read says so before any age", () => {
  const broken = { loaded: false, damaged: true, unreadable: 1, asOf: null };
  expect(state({ section: broken })).toBe("not-loaded");
  expect(state({ section: { ...broken, loaded: true } })).toBe("damaged");
  expect(state({ section: { ...broken, loaded: true, damaged: false } })).toBe("unreadable");
});

test("a loaded section without a time is stale", () => {
  expect(freshness(input({ section: { ...whole, asOf: null } }))).toEqual({
    state: "stale",
    ageMs: null,
  });
});

test("whatever happens, only what is whole, new, kept up and certain in time is fresh", () => {
  fc.assert(
    fc.property(
      fc.record({
        loaded: fc.boolean(),
        damaged: fc.boolean(),
        unreadable: fc.nat(2),
        asOf: fc.option(fc.integer({ min: -60, max: 600 }).map(ago)),
      }),
      fc.boolean(),
      fc.boolean(),
      (section, keptUp, doubtful) => {
        const found = freshness(input({ section, keptUp, doubtful }));
        const age = section.asOf === null ? Infinity : NOON - Date.parse(section.asOf);
        const may =
          section.loaded &&
          !section.damaged &&
          section.unreadable === 0 &&
          age < 5 * 60_000 &&
          age >= -2 * 60_000 &&
          keptUp &&
          !doubtful;
        expect(found.state === "fresh").toBe(may);
      },
    ),
  );
});

test("a section never becomes newer by waiting", () => {
  const rank = ["fresh", "ageing", "stale"];
  fc.assert(
    fc.property(fc.nat(3_600_000), fc.nat(3_600_000), fc.boolean(), (a, more, keptUp) => {
      const earlier = freshness(input({ now: NOON + a, keptUp })).state;
      const later = freshness(input({ now: NOON + a + more, keptUp })).state;
      expect(rank.indexOf(later)).toBeGreaterThanOrEqual(rank.indexOf(earlier));
    }),
  );
});
