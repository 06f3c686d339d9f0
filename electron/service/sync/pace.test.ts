import { expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { HisAnswer, HisClient, HisFailure } from "../his/index.ts";
import { metered } from "./meter.ts";
import { paced } from "./pace.ts";

const ANSWER: HisAnswer = {
  status: 200,
  bytes: new Uint8Array(),
  serverTime: "2026-11-28T12:00:00.000Z",
  etag: null,
};
const busy = (retryAfterMs: number | null): HisFailure => ({
  kind: "busy",
  status: 429,
  detail: "too many requests",
  retryAfterMs,
});

/** A HIS that gives these answers in turn, then works; time passes only by waiting. */
function scene(answers: readonly HisFailure[]) {
  const left = [...answers];
  const asked: string[] = [];
  const waits: number[] = [];
  const clock = { now: 0 };
  const call = async (name: string): Promise<HisAnswer> => {
    asked.push(`${clock.now} ${name}`);
    const failure = left.shift();
    if (failure !== undefined) throw new HisError(failure);
    return await Promise.resolve(ANSWER);
  };
  const his: HisClient = {
    base: "http://his/",
    get: async (target) => await call(`GET ${target}`),
    batch: async () => await call("batch"),
    send: async (method, target) => await call(`${method} ${target}`),
    capabilities: async () => await Promise.reject(new Error("not asked here")),
    close: () => {},
  };
  const client = paced(his, {
    now: () => clock.now,
    random: () => 0,
    timers: {
      after(ms, callback) {
        waits.push(ms);
        const handle = setImmediate(() => {
          clock.now += ms;
          callback();
        });
        return () => clearImmediate(handle);
      },
    },
  });
  return { client, asked, waits, clock, his };
}

test("a read that the HIS puts off for some seconds is asked again after them", async () => {
  const { client, asked } = scene([busy(5_000)]);
  expect(await client.get("Patient/1")).toBe(ANSWER);
  expect(asked).toEqual(["0 GET Patient/1", "5000 GET Patient/1"]);
});

test("a batch of reads that the HIS puts off is asked again like a read, for it changes nothing", async () => {
  const { client, asked } = scene([busy(5_000)]);
  expect(await client.batch("{}")).toBe(ANSWER);
  expect(asked).toEqual(["0 batch", "5000 batch"]);
});

test("while the HIS asks for a pause nothing else leaves this PC, acts neither", async () => {
  const { client, asked } = scene([busy(5_000)]);
  await Promise.all([
    client.get("Patient/1"),
    new Promise((resolve) => setImmediate(resolve)).then(
      async () => await client.send("POST", "", "{}"),
    ),
  ]);
  expect(asked.filter((line) => line.startsWith("0 "))).toEqual(["0 GET Patient/1"]);
});

test("what writes is never repeated by itself: whether it was done must be looked for", async () => {
  const { client, asked } = scene([busy(1_000)]);
  await expect(client.send("POST", "", "{}")).rejects.toThrow("too many requests");
  expect(asked).toHaveLength(1);
});

test.each([
  ["says no time", [busy(null)], 1],
  ["asks for minutes", [busy(60_000)], 1],
  ["asks again and again", [busy(1), busy(1), busy(1), busy(1), busy(1)], 4],
])("a HIS that %s is overloaded, and that is seen", async (_name, answers, times) => {
  const { client, asked } = scene(answers);
  await expect(client.get("Patient/1")).rejects.toThrow("too many requests");
  expect(asked).toHaveLength(times);
});

test("the line's requests are counted by the hour and timed, and nothing of them is kept", async () => {
  const { his, clock } = scene([]);
  const meter = metered(his, { now: () => clock.now, monotonic: () => clock.now });
  expect([meter.requestsLastHour(), meter.roundTripMs(), meter.skew()]).toEqual([0, null, null]);
  await meter.client.get("Patient/1");
  clock.now += 30 * 60_000;
  await meter.client.send("POST", "", "{}");
  await meter.client.batch("{}");
  expect(meter.requestsLastHour()).toBe(3);
  clock.now += 40 * 60_000;
  expect(meter.requestsLastHour()).toBe(2);
});
