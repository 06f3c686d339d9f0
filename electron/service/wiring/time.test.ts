import { afterEach, expect, test, vi } from "vitest";
import type { HisClient } from "../his/index.ts";
import { openTime } from "./time.ts";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;
afterEach(() => vi.useRealTimers());

function pc() {
  const meta: Record<string, string> = {};
  const clock = { wall: NOON, monotonic: 0 };
  const start = () =>
    openTime({
      journal: {
        meta: () => Promise.resolve({ ...meta }),
        setMeta: (entries) => {
          Object.assign(meta, entries);
          return Promise.resolve();
        },
      },
      limits: { limitHours: 48, warnHours: 12 },
      wall: () => clock.wall,
      monotonic: () => clock.monotonic,
      onProblem: () => undefined,
    });
  const pass = (ms: number): void => {
    clock.wall += ms;
    clock.monotonic += ms;
  };
  const saying = (at: number) =>
    ({
      get: () => Promise.resolve({ serverTime: new Date(at).toISOString() }),
    }) as unknown as HisClient;
  return { clock, start, pass, saying };
}

test("the offline limit counts on over restarts, and a clock set a year ahead or back neither seals nor frees", async () => {
  const { clock, start, pass, saying } = pc();
  const first = await start();
  expect(first.offline(null).kind).toBe("free");
  await first.hearing(saying(NOON)).get("x");
  pass(40 * HOUR);
  expect(first.offline(null).kind).toBe("near");
  await first.stop();

  clock.wall += 365 * 24 * HOUR;
  clock.monotonic = 0;
  const second = await start();
  expect(second.offline(null).kind).toBe("near");
  expect(second.doubt()).toBe("clock-ahead");
  clock.wall -= 2 * 365 * 24 * HOUR;
  expect(second.doubt()).toBe("clock-behind");
  pass(8 * HOUR);
  expect(second.offline(null).kind).toBe("sealed");
  expect(second.offline(new Date(NOON + 60 * HOUR)).kind).toBe("near");
  await second.stop();
});

test("time goes on while a start takes long, and whoever listens afterwards is told each minute", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { start } = pc();
  const time = await start();
  vi.advanceTimersByTime(120_000);
  const told = vi.fn();
  time.onChange(told);
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveBeenCalledTimes(1);
  time.slept();
  expect(told).toHaveBeenCalledTimes(2);
  await time.stop();
});
