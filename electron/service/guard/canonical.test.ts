import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText } from "./canonical.ts";

function byLibrary(value: unknown): string | undefined | Error {
  try {
    return canonicalize(value);
  } catch {
    return new Error("none");
  }
}

function byUs(value: unknown): string | undefined | Error {
  try {
    return canonicalText(value);
  } catch {
    return new Error("none");
  }
}

test("the text that is signed is RFC 8785's, whatever the record holds", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.constantFrom("10", "9", "01", "__proto__", "toJSON", "length", "é", "\u{1f600}", "\ue000"),
  );
  const leaf = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.double(),
    fc.constantFrom(-0, 1e21, 1e-7, 0.1 + 0.2, "\ud800", "\u2028", '"\\\u0007', null, true),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc
        .array(fc.tuple(name, tie("value")), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      expect(byUs(one)).toEqual(byLibrary(one));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["a number that JSON cannot say", { a: Number.NaN }],
  ["nothing at all", undefined],
  ["an absent element", { a: undefined, b: [undefined] }],
  ["a date", { at: new Date(0) }],
])("%s is left to the library", (_what, value) => {
  expect(byUs(value)).toEqual(byLibrary(value));
});
