import fc from "fast-check";
import { expect, test } from "vitest";
import { ROW_PX, rowsDrawn, rowsInSight } from "./rows-in-sight.ts";

test.each([
  { top: 0, count: 40, first: 0, last: 11, why: "at the top: ten fit" },
  { top: 10, count: 40, first: 6, last: 21, why: "in the middle" },
  { top: 30, count: 40, first: 26, last: 39, why: "at the end" },
  { top: 30, count: 3, first: 0, last: 2, why: "a search has left three" },
  { top: 30, count: 0, first: 0, last: -1, why: "there are none" },
])("$why", ({ top, count, first, last }) => {
  expect(rowsInSight(top, 10 * ROW_PX, count)).toEqual({ first, last });
});

test("whatever row is uppermost, no place in the box is left without one that there is", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(3000), fc.nat(200), (top, height, count) => {
      const { first, last } = rowsInSight(top, height, count);
      const fit = Math.ceil(height / ROW_PX);
      // A browser scrolls no further than to the last row.
      const uppermost = Math.max(0, Math.min(top, count - fit));
      expect(first).toBeLessThanOrEqual(uppermost);
      expect(last).toBeGreaterThanOrEqual(Math.min(count, uppermost + fit) - 1);
      expect(last).toBeLessThan(count);
    }),
  );
});

test.each([
  { focused: null, drawn: [5, 6, 7] },
  { focused: 6, drawn: [5, 6, 7] },
  { focused: 0, drawn: [0, 5, 6, 7] },
  { focused: 9, drawn: [5, 6, 7, 9] },
])("with the focus on $focused rows $drawn are drawn", ({ focused, drawn }) => {
  expect(rowsDrawn({ first: 5, last: 7 }, focused)).toEqual(drawn);
});
