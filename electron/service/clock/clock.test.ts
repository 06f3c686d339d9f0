import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { offlineState } from "./offline-limit.ts";
import { LONGEST_OFF_MS, startTime, TOLERANCE_MS } from "./trusted-time.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const NOON = Date.parse("2026-11-23T12:00:00Z");

describe("the time that is believed", () => {
  test("counts on by the monotonic clock, whatever is done to the wall clock in a run", () => {
    const time = startTime({ certain: NOON, heard: NOON }, NOON, 0);
    expect(time.now(HOUR)).toBe(NOON + HOUR);
    expect(time.doubt(NOON + HOUR + YEAR, HOUR)).toBe("clock-ahead");
    expect(time.doubt(NOON + HOUR - YEAR, HOUR)).toBe("clock-behind");
    expect(time.doubt(NOON + HOUR, HOUR)).toBeNull();
    expect(time.now(HOUR)).toBe(NOON + HOUR);
  });

  test("a night switched off is counted on the wall clock's word; a year ahead or a year back is not", () => {
    const kept = { certain: NOON, heard: NOON };
    expect(startTime(kept, NOON + 10 * HOUR, 0).now(0)).toBe(NOON + 10 * HOUR);
    const ahead = startTime(kept, NOON + YEAR, 0);
    expect(ahead.now(0)).toBe(NOON);
    expect(ahead.doubt(NOON + YEAR, 0)).toBe("clock-ahead");
    const back = startTime(kept, NOON - YEAR, 0);
    expect(back.now(0)).toBe(NOON);
    expect(back.doubt(NOON - YEAR, 0)).toBe("clock-behind");
  });

  test("the HIS puts a PC right that was off for long, when the wall clock agrees with it", () => {
    const time = startTime({ certain: NOON, heard: NOON }, NOON + 60 * DAY, 0);
    expect(time.now(0)).toBe(NOON);
    time.hear(NOON + 60 * DAY, NOON + 60 * DAY, HOUR);
    expect(time.now(HOUR)).toBe(NOON + 60 * DAY);
    expect(time.doubt(NOON + 60 * DAY, HOUR)).toBeNull();
  });

  test("a HIS that alone says a year ahead moves nothing, and is doubted until it agrees again", () => {
    const time = startTime({ certain: NOON, heard: NOON }, NOON, 0);
    time.hear(NOON + YEAR, NOON + HOUR, HOUR);
    expect(time.now(HOUR)).toBe(NOON + HOUR);
    expect(time.doubt(NOON + HOUR, HOUR)).toBe("his-disagrees");
    expect(time.heard()).toBe(NOON);
    time.hear(NOON + 2 * HOUR, NOON + 2 * HOUR, 2 * HOUR);
    expect(time.doubt(NOON + 2 * HOUR, 2 * HOUR)).toBeNull();
  });

  test("a HIS that is a little ahead in every answer does not walk time forward", () => {
    const time = startTime({ certain: NOON, heard: NOON }, NOON, 0);
    let monotonic = 0;
    for (let answer = 0; answer < 60_000; answer += 1) {
      monotonic += 1_000;
      time.hear(time.now(monotonic) + 9 * 60_000, NOON + monotonic, monotonic);
    }
    expect(time.now(monotonic)).toBeLessThanOrEqual(NOON + monotonic + TOLERANCE_MS);
    // Its answers still count as heard: the offline limit is about an HIS that is not there.
    expect(time.heard()).toBeGreaterThan(NOON);
  });

  test("a HIS that says an earlier time does not bring back what has expired", () => {
    const time = startTime({ certain: NOON, heard: NOON }, NOON, 0);
    time.hear(NOON - YEAR, NOON - YEAR, HOUR);
    expect(time.now(HOUR)).toBe(NOON + HOUR);
  });

  test("a new PC with a wrong clock takes the first time it hears", () => {
    const time = startTime(null, Date.parse("2001-01-01T00:00:00Z"), 0);
    time.hear(NOON, Date.parse("2001-01-01T01:00:00Z"), HOUR);
    expect(time.now(HOUR)).toBe(NOON);
  });

  test("whatever happens, time never goes back and never runs ahead of what was slept, heard or counted", () => {
    const step = fc.record({
      kind: fc.constantFrom("tick", "hear", "slept", "restart"),
      ms: fc.integer({ min: 0, max: DAY }),
      wallError: fc.constantFrom(0, -YEAR, YEAR, TOLERANCE_MS / 2, -2 * DAY, 30 * DAY),
      hisError: fc.constantFrom(0, -YEAR, YEAR, TOLERANCE_MS / 2),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let real = NOON;
        let monotonic = 0;
        let time = startTime({ certain: NOON, heard: NOON }, NOON, 0);
        let last = NOON;
        for (const { kind, ms, wallError, hisError } of steps) {
          real += ms;
          const wall = real + wallError;
          if (kind === "tick" || kind === "hear") monotonic += ms;
          if (kind === "hear" && !(wallError !== 0 && hisError === wallError))
            time.hear(real + hisError, wall, monotonic);
          if (kind === "slept") time.slept(wall, monotonic);
          if (kind === "restart") {
            time = startTime(time.keep(monotonic), wall, 0);
            monotonic = 0;
          }
          const now = time.now(monotonic);
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        }
        // A wall clock can push time ahead at each sleep or restart by no more than one stay off.
        const pushes = steps.filter(({ kind }) => kind === "slept" || kind === "restart").length;
        expect(last).toBeLessThanOrEqual(real + pushes * LONGEST_OFF_MS + TOLERANCE_MS);
      }),
    );
  });
});

describe("the offline limit", () => {
  const input = { heard: NOON, limitHours: 48, warnHours: 12, extendedUntil: null };
  test("warns, then seals; a signed extension re-opens; without a limit nothing seals", () => {
    const at = (hours: number, change = {}) =>
      offlineState({ ...input, now: NOON + hours * HOUR, ...change }).kind;
    expect([at(1), at(36), at(48)]).toEqual(["counting", "near", "sealed"]);
    expect(at(48, { extendedUntil: NOON + 72 * HOUR })).toBe("counting");
    expect(at(72, { extendedUntil: NOON + 72 * HOUR })).toBe("sealed");
    expect(at(9_999, { limitHours: null })).toBe("free");
  });
});
