import { expect, test } from "vitest";
import { play } from "./play.ts";
import type { Script, Step } from "./script.ts";

/** Two workstations, and a HIS that does all it says. */
const PLAIN: Omit<Script, "steps"> = {
  seed: 1,
  pcs: 2,
  updateCreate: true,
  declaresUpdateCreate: true,
  conditionalCreate: true,
  offersHistory: true,
  pageSize: 50,
};
const DANA = 3;
const wait = (seconds: number): Step => ({ do: "wait", seconds });
const admitted: Step = { do: "admit", patient: DANA, bed: 3 };

test.each([1, 2, 3])(
  "200 records of transactions that become visible late, racing single ones, reach every workstation (seed %i)",
  async (seed) => {
    const steps = Array.from({ length: 4 }, (_, n): Step[] => [
      { do: "long", patient: n % 3, count: 50, seconds: 8 + ((n * 7 + seed) % 18) },
      { do: "write", type: 0, patient: n % 3, n, value: n },
      wait(3),
      { do: "pull", pc: n % 2 },
      wait(2),
    ]);
    const { faults } = await play({ ...PLAIN, seed, steps: [...steps.flat(), wait(30)] });
    expect(faults).toEqual([]);
  },
  120_000,
);

test.each<[string, Step[]]>([
  ["", [admitted]],
  [
    " while the HIS is away",
    [{ do: "outage", on: true }, admitted, wait(400), { do: "outage", on: false }],
  ],
  [" while nobody is signed in", [{ do: "vault", pc: 0, open: false }, admitted, wait(400)]],
  [
    " and the workstation is killed while it fetches them",
    [admitted, { do: "kill", pc: 0, commit: 9, when: "after", seconds: 30 }],
  ],
  [
    " and the answers about them are cut short",
    [admitted, { do: "befall", pc: 0, fault: "cut", on: "read", times: 40 }, { do: "pull", pc: 0 }],
  ],
])(
  "a patient admitted long after the workstation first asked shows every older allergy%s",
  async (_when, steps) => {
    const { faults } = await play({ ...PLAIN, steps: [wait(700), ...steps, wait(400)] });
    expect(faults).toEqual([]);
  },
  120_000,
);

test.each(["before", "after"] as const)(
  "killed %s any commit of a round, a workstation misses nothing of what changed since the last",
  async (when) => {
    // Two changes further apart than the overlap: what the first kill skips, no repeat brings back.
    const steps = Array.from({ length: 12 }, (_, n): Step[] => [
      { do: "write", type: 0, patient: n % 3, n: 0, value: n },
      wait(45),
      { do: "write", type: 0, patient: (n + 1) % 3, n: 1, value: n },
      { do: "kill", pc: 0, commit: n + 1, when, seconds: 5 },
      wait(40),
    ]);
    const { faults, kills } = await play({ ...PLAIN, pcs: 1, steps: steps.flat() });
    expect(faults).toEqual([]);
    expect(kills).toBeGreaterThan(2);
  },
  120_000,
);

test.each(["before", "after"] as const)(
  "a doctor orders in an outage, and killed %s any commit of its push the workstation has the order at the HIS, and on its screen, once",
  async (when) => {
    const steps = Array.from({ length: 12 }, (_, n): Step[] => [
      { do: "outage", on: true },
      wait(40),
      { do: "order", pc: 0, patient: n % 3, mg: 100 + n },
      { do: "outage", on: false },
      { do: "kill", pc: 0, commit: n + 1, when, seconds: 5 },
      wait(40),
    ]);
    const { faults, acts, kills } = await play({ ...PLAIN, pcs: 1, steps: steps.flat() });
    expect(faults).toEqual([]);
    expect([acts, kills > 6]).toEqual([12, true]);
  },
  120_000,
);

test.each<[string, Partial<Script>]>([
  ["", {}],
  [" by hourly comparison alone", { offersHistory: false }],
])(
  "within one round of a restore every workstation has what the HIS has, though it lost no act of its own: a HIS whose changes are told%s",
  async (_how, change) => {
    const record = (n: number, value: number): Step => ({
      do: "write",
      type: 0,
      patient: 0,
      n,
      value,
    });
    const steps: Step[] = [
      record(0, 60),
      record(1, 61),
      wait(700),
      record(0, 80),
      record(2, 82),
      { do: "write", type: 1, patient: 1, n: 0, value: 1 },
      { do: "admit", patient: DANA, bed: 3 },
      { do: "discharge", patient: 2 },
      wait(400),
      { do: "compare", left: true },
      // To the minute between the two.
      { do: "restore", minutes: 20, seconds: 400 },
      wait(400),
      { do: "compare", left: false },
      wait(700),
      { do: "compare", left: true },
    ];
    const { faults } = await play({ ...PLAIN, ...change, steps });
    expect(faults).toEqual([]);
  },
  120_000,
);

test.each<[string, Partial<Script>, Step & { do: "away" }]>([
  ["a day", {}, { do: "away", hours: 24, history: "kept" }],
  ["three days, its history cut meanwhile", {}, { do: "away", hours: 72, history: "cut" }],
  [
    "a week, and says that its history was cut",
    {},
    { do: "away", hours: 168, history: "said-to-be-cut" },
  ],
  [
    "a week, and has no history",
    { offersHistory: false },
    { do: "away", hours: 168, history: "kept" },
  ],
])(
  "a HIS is away for %s: within a round every workstation has what it has, and it has every act once",
  async (_how, change, outage) => {
    const steps: Step[] = [
      { do: "write", type: 0, patient: 0, n: 0, value: 60 },
      { do: "write", type: 0, patient: 1, n: 0, value: 61 },
      { do: "discharge", patient: 2 },
      wait(700),
      { do: "outage", on: true },
      wait(60),
      { do: "delete", type: 0, patient: 0, n: 0 },
      { do: "write", type: 1, patient: 1, n: 1, value: 7 },
      { do: "write", type: 0, patient: 1, n: 0, value: 99 },
      admitted,
      { do: "chart", pc: 0, patient: 0, author: 0, pulse: 70 },
      { do: "order", pc: 1, patient: 1, mg: 200 },
      outage,
      wait(400),
      { do: "compare", left: true },
      // Who left before the outage, and was forgotten, comes back.
      { do: "admit", patient: 2, bed: 4 },
      wait(700),
      { do: "compare", left: true },
    ];
    const { faults, acts } = await play({ ...PLAIN, ...change, steps });
    expect(faults).toEqual([]);
    expect(acts).toBe(2);
  },
  120_000,
);

test("what the HIS refuses for good is kept with its reason, and what was charted after it arrives", async () => {
  const chart = (pulse: number): Step => ({ do: "chart", pc: 0, patient: 0, author: 0, pulse });
  const steps: Step[] = [
    wait(60),
    { do: "befall", pc: 0, fault: "422", on: "write", times: 1 },
    chart(70),
    wait(60),
    chart(80),
    { do: "kill", pc: 0, commit: 3, when: "after", seconds: 20 },
    wait(400),
  ];
  const { faults, acts, parked } = await play({ ...PLAIN, pcs: 1, steps });
  expect(faults).toEqual([]);
  expect([acts, parked]).toEqual([2, 1]);
});
