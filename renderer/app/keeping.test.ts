import fc from "fast-check";
import { expect, test } from "vitest";
import { keptReason, readKept, writeKept } from "./keeping.ts";

test("a reason that was being typed, for a withdrawal or a decision, comes back letter by letter", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (reason) => {
      const kept = writeKept(reason, keptReason);
      expect(readKept(kept ?? "", keptReason)).toBe(reason);
    }),
  );
});

test("an empty dialog keeps nothing, and a reason that was deleted again is no draft any more", () => {
  expect(writeKept("", keptReason)).toBeNull();
});

test.each(["", "no JSON", "7", "null", "[]", "{}", '{"reason":7}', '{"reason":{"a":"b"}}'])(
  "what is no draft of ours (%j) brings nothing back",
  (text) => {
    expect(readKept(text, keptReason)).toBeNull();
  },
);
