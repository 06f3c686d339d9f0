import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, isSameValue, keepsAll } from "./content.ts";

/** Few values, so that two are often the same, or nearly; among them what is easily taken for each other. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.constantFrom(null, "", "a", "1", 0, 1, -0, false, true, undefined),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "10", "9", "__proto__"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** The same with the names of its objects the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, one]) => [name, turned(one)]),
  );
}

test("two values are the same when one text is written for both, and only then", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(isSameValue(a, b)).toBe(canonical(a) === canonical(b));
      expect(isSameValue(a, turned(a))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a list keeps all of another when each is there as often as it was", () => {
  expect(keepsAll([{ a: 1 }, { b: 2 }], [{ b: 2 }, { c: 3 }, { a: 1 }])).toBe(true);
  expect(keepsAll([{ a: 1 }, { a: 1 }], [{ a: 1 }, { b: 2 }])).toBe(false);
  expect(keepsAll([{ a: 1 }], [{ a: 2 }])).toBe(false);
  expect(keepsAll([{ a: 1 }], undefined)).toBe(false);
});
