import fc from "fast-check";
import { expect, test } from "vitest";
import { heldSection } from "./held-section.ts";

const id = fc.integer({ min: 0, max: 40 }).map((number) => `observation-${number}`);
const stamp = fc.constantFrom("1 2026-11-23T08:00:00Z", "2 2026-11-23T08:00:00Z", "");
const step = fc.oneof(fc.record({ set: id, stamp }), fc.record({ remove: id }));

test("whatever is put, changed and taken away: exactly what is there is known to be, in its version", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const held = heldSection();
      const model = new Map<string, string>();
      for (const one of steps) {
        const did = [held, model].map((each) =>
          "set" in one ? void each.set(one.set, one.stamp) : each.delete(one.remove),
        );
        expect(did[0]).toBe(did[1]);
        expect(held.size).toBe(model.size);
      }
      for (let number = 0; number <= 40; number += 1) {
        const name = `observation-${number}`;
        expect(held.has(name)).toBe(model.has(name));
        for (const version of ["1 2026-11-23T08:00:00Z", "2 2026-11-23T08:00:00Z", ""])
          expect(held.hasAt(name, version)).toBe(model.get(name) === version);
      }
    }),
    { numRuns: 200 },
  );
});
