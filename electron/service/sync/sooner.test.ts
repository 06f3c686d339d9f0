import { expect, test } from "vitest";
import { createSooner } from "./sooner.ts";

function pc() {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  const rounds: number[] = [];
  const sooner = createSooner({
    monotonic: () => now,
    random: () => 1,
    timers: {
      after(ms, call) {
        const timer = { at: now + ms, call };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    },
    round() {
      rounds.push(now);
      sooner.began();
    },
  });
  return {
    sooner,
    rounds,
    pass(ms: number): void {
      const end = now + ms;
      for (;;) {
        const next = timers.find(({ at }) => at <= end);
        if (next === undefined) break;
        timers = timers.filter((one) => one !== next);
        now = next.at;
        next.call();
      }
      now = end;
    },
  };
}

test("a nudge brings a round in less than half a second, and several that come together bring one", () => {
  const { sooner, rounds, pass } = pc();
  sooner.ask();
  sooner.ask();
  pass(399);
  expect(rounds).toEqual([]);
  sooner.ask();
  pass(10_000);
  expect(rounds).toEqual([400]);
});

test("however often it is nudged, rounds are three seconds apart, the ordinary ones counted", () => {
  const { sooner, rounds, pass } = pc();
  sooner.began();
  for (let tenths = 0; tenths < 100; tenths += 1) {
    sooner.ask();
    pass(100);
  }
  expect(rounds).toEqual([3_000, 6_000, 9_000]);
});

test("stopped, it brings none any more", () => {
  const { sooner, rounds, pass } = pc();
  sooner.ask();
  sooner.stop();
  sooner.ask();
  pass(10_000);
  expect(rounds).toEqual([]);
});
