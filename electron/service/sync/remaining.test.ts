import fc from "fast-check";
import { expect, test } from "vitest";
import { createRemaining, rounded } from "./remaining.ts";

/** What is said at each second of work at these speeds (steps a second). */
function said(total: number, speeds: readonly number[]): (number | null)[] {
  const remaining = createRemaining();
  let done = 0;
  return speeds.map((speed, second) => {
    done = Math.min(done + speed, total);
    return remaining.look({ at: second * 1_000, done, total });
  });
}
const steady = (speed: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => speed);

test("nothing is said before there is something to say it by", () => {
  expect(said(10_000, steady(100, 3))).toEqual([null, null, null]);
  expect(said(10_000, steady(0, 30)).every((one) => one === null)).toBe(true);
});

test("steady work is told right, and ends without ever saying 0", () => {
  const times = said(6_000, steady(50, 130));
  expect(times[10]).toBe(120);
  expect(times[60]).toBe(60);
  expect(times[110]).toBe(10);
  expect(times.at(-1)).toBeNull();
  expect(times.filter((one) => one !== null).every((one) => one >= 10)).toBe(true);
});

test.each([
  [1, 10],
  [11, 20],
  [59, 60],
  [61, 120],
  [130, 180],
  [599, 600],
  [601, 900],
  [4_000, 5_400],
])("%i s left is said as %i s", (seconds, expected) => {
  expect(rounded(seconds)).toBe(expected);
});

test("a HIS that stops for half a minute and goes on makes no wild leaps", () => {
  const times = said(6_000, [...steady(50, 30), ...steady(0, 30), ...steady(50, 30)]);
  for (const [index, time] of times.entries()) {
    const before = times[index - 1];
    if (time === null || before === null || before === undefined) continue;
    // A leap of half, and the rounding to the next step.
    expect(time).toBeLessThanOrEqual(before * 1.5 + 60);
  }
});

test("work that begins anew is judged anew", () => {
  const remaining = createRemaining();
  for (let at = 0; at < 10; at += 1)
    remaining.look({ at: at * 1_000, done: at * 100, total: 1_000 });
  expect(remaining.look({ at: 11_000, done: 0, total: 9_000 })).toBeNull();
});

test("whatever the speeds, what is said is a finite time of at least ten seconds, or nothing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(fc.nat(5_000), { maxLength: 120 }),
      (total, speeds) => {
        for (const time of said(total, speeds))
          expect(time === null || (time >= 10 && time <= 24 * 3_600)).toBe(true);
      },
    ),
  );
});
