import { expect, test } from "vitest";
import type { HisAnswer, HisClient } from "../his/index.ts";
import { calmly, createForeground } from "./foreground.ts";

function pc() {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  const foreground = createForeground({
    monotonic: () => now,
    after(milliseconds, call) {
      timers.push({ at: now + milliseconds, call });
      return () => undefined;
    },
  });
  return {
    foreground,
    async pass(milliseconds: number): Promise<void> {
      const end = now + milliseconds;
      for (;;) {
        const [next] = timers.toSorted((a, b) => a.at - b.at);
        if (next === undefined || next.at > end) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.call();
        for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      }
      now = end;
    },
  };
}

async function isCalm(foreground: ReturnType<typeof pc>["foreground"]): Promise<() => boolean> {
  let calm = false;
  void foreground.calm().then(() => (calm = true));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return () => calm;
}

test("with nobody waiting bulk work goes on at once", async () => {
  const { foreground } = pc();
  expect((await isCalm(foreground))()).toBe(true);
});

test("a lock keeps bulk work still for its time, and a sign-in after it prolongs that", async () => {
  const { foreground, pass } = pc();
  foreground.hold(400);
  const calm = await isCalm(foreground);
  await pass(300);
  foreground.hold(1_000);
  await pass(900);
  expect(calm()).toBe(false);
  await pass(200);
  expect(calm()).toBe(true);
});

test("somebody who taps without end does not keep the ward from being brought up to date", async () => {
  const { foreground, pass } = pc();
  let turns = 0;
  for (let tap = 0; tap < 100; tap += 1) {
    foreground.hold(500);
    const calm = await isCalm(foreground);
    await pass(100);
    if (calm()) turns += 1;
  }
  // Ten seconds of taps: a turn after each three.
  expect(turns).toBeGreaterThanOrEqual(3);
});

test("a clock that goes back holds nothing up", async () => {
  let now = 600_000;
  const foreground = createForeground({
    monotonic: () => now,
    after: () => () => undefined,
  });
  foreground.hold(1_000);
  now -= 300_000;
  await expect(foreground.calm()).resolves.toBeUndefined();
});

test("a service that stops waits for nobody, nor does what comes after", async () => {
  const { foreground } = pc();
  foreground.hold(1_000);
  const calm = await isCalm(foreground);
  expect(calm()).toBe(false);
  foreground.end();
  expect((await isCalm(foreground))()).toBe(true);
  expect(calm()).toBe(true);
  foreground.hold(1_000);
  expect((await isCalm(foreground))()).toBe(true);
});

test("what is read from the HIS waits before it is asked and before it is read; what is sent does not", async () => {
  const { foreground, pass } = pc();
  const asked: string[] = [];
  const page = Promise.withResolvers<HisAnswer>();
  const his = calmly(
    {
      get: (target: string) => {
        asked.push(target);
        return page.promise;
      },
      send: (_method: string, target: string) => {
        asked.push(target);
        return Promise.resolve({});
      },
    } as unknown as HisClient,
    foreground.calm,
  );
  let read = false;
  foreground.hold(400);
  void his.get("Patient/1").then(() => (read = true));
  await his.send("POST", "Observation", "{}");
  expect(asked).toEqual(["Observation"]);
  await pass(500);
  expect(asked).toEqual(["Observation", "Patient/1"]);
  // A lock, and only then the answer.
  foreground.hold(400);
  page.resolve({} as HisAnswer);
  await pass(300);
  // Whatever can go on now has gone on.
  await new Promise(setImmediate);
  expect(read).toBe(false);
  await pass(200);
  await new Promise(setImmediate);
  expect(read).toBe(true);
});
