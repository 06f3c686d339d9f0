import { expect, test } from "vitest";
import { createWakefulness } from "./wakefulness.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A PC's two clocks; what the wall clock says does not even come in. */
function pc() {
  const at = { monotonic: 500, sleepless: 9 * HOUR };
  const wake = createWakefulness({
    monotonic: () => at.monotonic,
    sleepless: () => at.sleepless,
  });
  return {
    wake,
    /** Awake, with a look every five seconds as a session has it. */
    awake(ms: number) {
      for (let left = ms; left > 0; left -= 5 * SECOND) {
        const step = Math.min(left, 5 * SECOND);
        at.monotonic += step;
        at.sleepless += step;
        wake.now();
      }
    },
    /** One long silence: nothing looked, both clocks went on. */
    silent(ms: number) {
      at.monotonic += ms;
      at.sleepless += ms;
    },
    asleep(ms: number) {
      at.sleepless += ms;
    },
    coarse(ms: number) {
      at.sleepless += ms;
    },
  };
}

test.each([
  ["an hour's sleep the shell told nothing of", (p: ReturnType<typeof pc>) => p.asleep(HOUR), true],
  ["a nap of ten seconds", (p: ReturnType<typeof pc>) => p.asleep(10 * SECOND), true],
  ["eight hours of work", (p: ReturnType<typeof pc>) => p.awake(8 * HOUR), false],
  [
    "a busy PC that answers nothing for half a minute",
    (p: ReturnType<typeof pc>) => p.silent(30 * SECOND),
    false,
  ],
  [
    "a silence of an hour on a system whose clocks all go on in a sleep",
    (p: ReturnType<typeof pc>) => p.silent(HOUR),
    true,
  ],
  ["a clock that counts whole seconds", (p: ReturnType<typeof pc>) => p.coarse(SECOND), false],
] as const)("%s", (_name, happens, slept) => {
  const p = pc();
  happens(p);
  p.wake.now();
  expect(p.wake.slept()).toBe(slept);
  expect(p.wake.slept()).toBe(false);
});

test("time spent asleep counts: idle, grace and hard lock do not stand still with the PC", () => {
  const p = pc();
  const before = p.wake.now();
  p.awake(MINUTE);
  p.asleep(HOUR);
  p.awake(MINUTE);
  expect(p.wake.now() - before).toBe(HOUR + 2 * MINUTE);
});

test("a clock that counts whole seconds makes no time of its own", () => {
  let monotonic = 0;
  const wake = createWakefulness({
    monotonic: () => monotonic,
    sleepless: () => Math.floor(monotonic / SECOND) * SECOND,
  });
  for (; monotonic < 10 * MINUTE; monotonic += 130) wake.now();
  expect(wake.now()).toBe(monotonic);
  expect(wake.slept()).toBe(false);
});

test("where only one clock is known, time is that clock's", () => {
  let monotonic = 0;
  const wake = createWakefulness({ monotonic: () => monotonic });
  monotonic = 30 * SECOND;
  expect(wake.now()).toBe(30 * SECOND);
  expect(wake.slept()).toBe(false);
});
