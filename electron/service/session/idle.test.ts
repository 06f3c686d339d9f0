import fc from "fast-check";
import { expect, test } from "vitest";
import { appInput, idleFor, judgeIdle, osReport, startIdle } from "./idle.ts";
import { delayAfter } from "./pin-delay.ts";

const limits = { idleMs: 300_000, warningMs: 15_000 };

test("five minutes without input lock, with a warning over the last fifteen seconds", () => {
  const clocks = startIdle(0);
  expect(judgeIdle(clocks, limits, 0)).toEqual({ kind: "active", nextMs: 285_000 });
  expect(judgeIdle(clocks, limits, 284_999).kind).toBe("active");
  expect(judgeIdle(clocks, limits, 285_000)).toEqual({ kind: "warning", lockInMs: 15_000 });
  expect(judgeIdle(clocks, limits, 299_999).kind).toBe("warning");
  expect(judgeIdle(clocks, limits, 300_000).kind).toBe("over");
  expect(judgeIdle(appInput(clocks, 299_000), limits, 300_000).kind).toBe("active");
});

test("an OS clock stuck at zero does not keep the chart open", () => {
  let clocks = startIdle(0);
  for (let now = 0; now <= 300_000; now += 1_000) clocks = osReport(clocks, 0, now);
  expect(judgeIdle(clocks, limits, 300_000).kind).toBe("over");
});

test("an OS that saw nobody for longer than the app did is believed", () => {
  const clocks = osReport(appInput(startIdle(0), 290_000), 300, 300_000);
  expect(judgeIdle(clocks, limits, 300_000).kind).toBe("over");
});

test("a shell that stopped reporting does not lock out who is typing; nonsense is no report", () => {
  const silent = appInput(osReport(startIdle(0), 200, 200_000), 310_000);
  expect(judgeIdle(silent, limits, 310_000).kind).toBe("active");
  for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, -5])
    expect(osReport(startIdle(0), nonsense, 1_000)).toEqual(startIdle(0));
});

test("whatever the OS reports, idle is never shorter than what the app saw", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ step: fc.nat(20_000), os: fc.double({ min: 0, max: 4_000, noNaN: true }) }),
      ),
      (reports) => {
        let now = 0;
        let clocks = startIdle(0);
        for (const { step, os } of reports) {
          now += step;
          clocks = osReport(clocks, os, now);
          expect(idleFor(clocks, now)).toBeGreaterThanOrEqual(now);
        }
      },
    ),
  );
});

test("wrong PINs cost more and more time, at most fifteen minutes, never for ever", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1_000_000].map(delayAfter)).toEqual([
    0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900,
  ]);
});
