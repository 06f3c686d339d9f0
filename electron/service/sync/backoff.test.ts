import { expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { HisFailure } from "../his/index.ts";
import { backoffMs, nextRoundMs, PROBE } from "./backoff.ts";
import { createLink } from "./link.ts";

const always = (value: number) => (): number => value;

test("back-off grows to its cap, and its jitter is full", () => {
  const at = (attempt: number, random: number): number => backoffMs(attempt, PROBE, always(random));
  expect([1, 2, 3, 4, 5, 6, 400].map((attempt) => at(attempt, 1))).toEqual([
    4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
  expect(at(5, 0.5)).toBe(30_000);
  // Never a tight loop.
  expect(at(5, 0)).toBe(250);
});

test("the HIS's own wish is a floor with jitter above it, and never more than a quarter of an hour", () => {
  const wish = (ms: number, random: number): number => backoffMs(1, PROBE, always(random), ms);
  expect([wish(120_000, 0), wish(120_000, 1)]).toEqual([120_000, 180_000]);
  expect([wish(1_000, 0), wish(1_000, 1)]).toEqual([1_000, 5_000]);
  expect(wish(86_400_000, 0)).toBe(15 * 60_000);
});

// Two thousand PCs, each with the real link and the real decision when to come again; only time and the HIS are made up.

const PCS = 2_000;
const INTERVAL_MS = 15_000;
/** Requests of a probe (sign-in, /metadata, one question) and of a quiet round, counted high. */
const COST = { probe: 3, round: 20 };
const ORDINARY = (PCS * COST.round) / (INTERVAL_MS / 1_000);

/** Mulberry32: the same draws at each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Load {
  readonly down: number;
  readonly back: number;
  /** PCs that have caught up a minute and a half after the return. */
  readonly caughtUp: number;
}

/** Requests in the busiest second, while the HIS is away and after it is back. */
async function hospital(outage: {
  readonly ms: number;
  readonly failure: HisFailure;
  readonly spreadMs: number;
}): Promise<Load> {
  const random = seeded(7);
  const goesAt = 16_000;
  const backAt = goesAt + outage.ms;
  const end = backAt + 110_000;
  let now = 0;
  const perSecond = new Map<number, number>();
  const isAway = (): boolean => now >= goesAt && now < backAt;
  const ask = async (requests: number): Promise<void> => {
    const second = Math.floor(now / 1_000);
    // A server that is off answers the first request of a probe, by refusing it.
    perSecond.set(second, (perSecond.get(second) ?? 0) + (isAway() ? 1 : requests));
    if (isAway()) throw new HisError(outage.failure);
    await Promise.resolve();
  };
  const caughtUp = new Set<number>();
  const pcs = Array.from({ length: PCS }, () =>
    createLink({ parallel: 4, now: () => now, onChange: () => {} }),
  );
  // The calendar: who is due in which millisecond.
  const calendar = new Map<number, number[]>();
  const plan = (pc: number, at: number): void => {
    const due = calendar.get(at);
    if (due === undefined) calendar.set(at, [pc]);
    else due.push(pc);
  };
  for (let pc = 0; pc < PCS; pc += 1) plan(pc, Math.floor(random() * INTERVAL_MS));
  for (now = 0; now < end; now += 1) {
    for (const pc of calendar.get(now) ?? []) {
      const link = pcs[pc];
      if (link === undefined) continue;
      const wasDown = link.state().kind === "down";
      let returned = false;
      try {
        if (link.state().kind !== "up") {
          await link.probe(async () => await ask(COST.probe));
          returned = wasDown && outage.spreadMs > 0;
        }
        if (!returned) {
          await link.run(async () => await ask(COST.round));
          if (now >= backAt) caughtUp.add(pc);
        }
      } catch (error) {
        if (!(error instanceof HisError)) throw error;
      }
      const wait = nextRoundMs({
        link: link.state(),
        returned,
        intervalMs: INTERVAL_MS,
        spreadMs: outage.spreadMs,
        random,
      });
      plan(pc, now + Math.max(wait, 1));
    }
    calendar.delete(now);
  }
  const busiest = (from: number, to: number): number =>
    Math.max(
      ...[...perSecond]
        .filter(([second]) => second * 1_000 >= from && second * 1_000 < to)
        .map(([, requests]) => requests),
    );
  return {
    down: busiest(goesAt, backAt),
    back: busiest(backAt, end),
    caughtUp: caughtUp.size,
  };
}

const OFF: HisFailure = { kind: "unreachable", detail: "it refuses connections" };
const BUSY: HisFailure = { kind: "busy", status: 503, detail: "maintenance", retryAfterMs: 60_000 };

const AFTER_A_RESTART = { ms: 8_000, failure: OFF };

test.each([
  ["a restart of some seconds", AFTER_A_RESTART],
  ["two minutes", { ms: 120_000, failure: OFF }],
  ["maintenance that asks everybody to wait a minute", { ms: 70_000, failure: BUSY }],
])("two thousand PCs do not stampede a HIS that comes back after %s", async (_name, outage) => {
  const load = await hospital({ ...outage, spreadMs: INTERVAL_MS });
  // Rounds alone stay at the ordinary rate; the probes come on top, and the PCs that had not noticed yet.
  expect(load.back / ORDINARY).toBeLessThan(2);
  // Away, it is knocked at by far less than it ordinarily answers.
  expect(load.down / ORDINARY).toBeLessThan(0.2);
  // 60 s of longest back-off and 15 s of spread: everybody is back.
  expect(load.caughtUp).toBe(PCS);
});

test("without the spread they would: the simulation can tell", async () => {
  const load = await hospital({ ...AFTER_A_RESTART, spreadMs: 0 });
  expect(load.back / ORDINARY).toBeGreaterThan(3);
});
