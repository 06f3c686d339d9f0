import { expect, test } from "vitest";
import { createHints } from "./hints.ts";
import type { SyncChange } from "./hints.ts";

function hints() {
  const told: SyncChange[] = [];
  const timers: (() => void)[] = [];
  const made = createHints(
    {
      after(_ms, callback) {
        timers.push(callback);
        return () => void timers.splice(timers.indexOf(callback), 1);
      },
    },
    (change) => told.push(change),
  );
  return { made, told, timers, pass: () => timers.splice(0).forEach((callback) => callback()) };
}

test("a thousand changes reach the page as one hint of each kind", () => {
  const { made, told, timers, pass } = hints();
  for (let n = 0; n < 1000; n += 1) {
    made.connection();
    made.outbox();
    made.records([`patient-${n % 3}`]);
  }
  expect(timers).toHaveLength(1);
  pass();
  expect(told).toEqual([
    { kind: "connection" },
    { kind: "outbox" },
    { kind: "records", patients: ["patient-0", "patient-1", "patient-2"], beds: false },
  ]);
  pass();
  expect(told).toHaveLength(3);
});

test("once anything may have changed, no patient is named", () => {
  const { made, told, pass } = hints();
  made.records(["a"]);
  made.records(null);
  made.records(["b"]);
  pass();
  expect(told).toEqual([{ kind: "records", patients: null, beds: true }]);
});

test("that somebody moved is told once, also when nobody's record changed", () => {
  const { made, told, pass } = hints();
  made.records(["a"]);
  made.records([], true);
  made.records(["b"]);
  pass();
  made.records([], true);
  pass();
  made.records(["c"]);
  pass();
  expect(told).toEqual([
    { kind: "records", patients: ["a", "b"], beds: true },
    { kind: "records", patients: [], beds: true },
    { kind: "records", patients: ["c"], beds: false },
  ]);
});

test("changes that do not end are told at rests; what was charted meanwhile is not kept back", () => {
  const { made, told, timers, pass } = hints();
  made.records(["a"]);
  pass();
  expect(told).toHaveLength(1);
  // Resting: nothing more is begun for these.
  made.records(["b"]);
  made.connection();
  expect(timers).toHaveLength(1);
  made.outbox();
  expect(timers).toHaveLength(2);
  pass();
  expect(told.slice(1)).toEqual([
    { kind: "connection" },
    { kind: "outbox" },
    { kind: "records", patients: ["b"], beds: false },
  ]);
  // After a rest in which nothing came, the next change is told soon again.
  pass();
  made.connection();
  pass();
  expect(told).toHaveLength(5);
});

test("nothing is told after the end", () => {
  const { made, told, pass } = hints();
  made.outbox();
  made.stop();
  pass();
  expect(told).toEqual([]);
});
