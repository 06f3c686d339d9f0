import * as fc from "fast-check";
import { FAULTS } from "./network.ts";
import type { Fault } from "./network.ts";

/** Patients a script may move about; the first three lie on the ward when it begins. */
export const PATIENTS = ["amina", "basma", "celine", "dana", "emine"] as const;
export const BEDS = 5;
export const AUTHORS = ["nurse-1", "nurse-2", "doctor-1"] as const;
/** What is written at the HIS itself. */
export const WRITTEN = ["Observation", "AllergyIntolerance", "Condition"] as const;

/** One thing that happens. Plain data, so that what fast-check shrinks can be kept as a test. */
export type Step =
  | {
      readonly do: "chart";
      readonly pc: number;
      readonly patient: number;
      readonly author: number;
      readonly pulse: number;
    }
  /** A doctor orders a medicine. */
  | { readonly do: "order"; readonly pc: number; readonly patient: number; readonly mg: number }
  /** A resource written or written over at the HIS, by somebody else. */
  | {
      readonly do: "write";
      readonly type: number;
      readonly patient: number;
      readonly n: number;
      readonly value: number;
    }
  | { readonly do: "delete"; readonly type: number; readonly patient: number; readonly n: number }
  /**
   * A transaction at the HIS that becomes visible only so many seconds after its resources got their time; meanwhile a
   * single record is written, and every workstation asks.
   */
  | {
      readonly do: "long";
      readonly patient: number;
      readonly count: number;
      readonly seconds: number;
    }
  /** Also moves a patient who is there; a bed of -1 is on another ward. */
  | { readonly do: "admit"; readonly patient: number; readonly bed: number }
  | { readonly do: "discharge"; readonly patient: number }
  | { readonly do: "wait"; readonly seconds: number }
  | {
      readonly do: "befall";
      readonly pc: number;
      readonly fault: Fault;
      readonly on: "read" | "write" | "any";
      readonly times: number;
    }
  | { readonly do: "outage"; readonly on: boolean }
  /** A workstation asks now, and not at its next round. */
  | { readonly do: "pull"; readonly pc: number }
  /**
   * The HIS is away for days, or has been since an earlier step; workstations sleep but for the first and the last hour.
   * Its history may have been cut meanwhile to the last hour, with or without a word.
   */
  | {
      readonly do: "away";
      readonly hours: number;
      readonly history: "kept" | "cut" | "said-to-be-cut";
    }
  | { readonly do: "restart-his" }
  /** The HIS is down for so long, and comes back as the backup of so many minutes before has it. */
  | { readonly do: "restore"; readonly minutes: number; readonly seconds: number }
  /** Every workstation is as the HIS is, at this moment; unless `left`, but for what the HIS no longer holds. */
  | { readonly do: "compare"; readonly left: boolean }
  /** The workstation asks now, dies at its so-manyth commit from here, and is started again after some seconds. */
  | {
      readonly do: "kill";
      readonly pc: number;
      readonly commit: number;
      readonly when: "before" | "after";
      readonly seconds: number;
    }
  | { readonly do: "jump"; readonly pc: number; readonly minutes: number }
  /** Sign-in and hard lock. */
  | { readonly do: "vault"; readonly pc: number; readonly open: boolean };

export interface Script {
  /** Of latencies and jitter. */
  readonly seed: number;
  readonly pcs: number;
  /** Whether the HIS takes our ids, and whether it says so. */
  readonly updateCreate: boolean;
  readonly declaresUpdateCreate: boolean;
  /** Whether it heeds `If-None-Exist`. */
  readonly conditionalCreate: boolean;
  readonly offersHistory: boolean;
  readonly pageSize: number;
  readonly steps: readonly Step[];
}

const index = (length: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: length - 1 });
const onWard = index(PATIENTS.length);

function step(pcs: number): fc.Arbitrary<Step> {
  const pc = index(pcs);
  const seconds = fc.integer({ min: 1, max: 700 });
  const type = index(WRITTEN.length);
  const n = index(4);
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        do: fc.constant("chart" as const),
        pc,
        patient: onWard,
        author: index(AUTHORS.length),
        pulse: fc.integer({ min: 50, max: 150 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("order" as const),
        pc,
        patient: onWard,
        mg: fc.integer({ min: 1, max: 999 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("befall" as const),
        pc,
        fault: fc.constantFrom(...FAULTS),
        on: fc.constantFrom("read" as const, "write" as const, "any" as const),
        times: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        type,
        patient: onWard,
        n,
        value: fc.integer({ min: 0, max: 99 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("delete" as const), type, patient: onWard, n }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("long" as const),
        patient: onWard,
        count: fc.integer({ min: 1, max: 12 }),
        seconds: fc.integer({ min: 1, max: 25 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("admit" as const),
        patient: onWard,
        bed: fc.integer({ min: -1, max: BEDS - 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("discharge" as const), patient: onWard }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("outage" as const), on: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("pull" as const), pc }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("away" as const),
        hours: fc.integer({ min: 24, max: 168 }),
        history: fc.constantFrom("kept" as const, "cut" as const, "said-to-be-cut" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("restart-his" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("restore" as const),
        minutes: fc.integer({ min: 1, max: 90 }),
        seconds: fc.integer({ min: 301, max: 900 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("kill" as const),
        pc,
        commit: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
        when: fc.constantFrom("before" as const, "after" as const),
        seconds: fc.integer({ min: 1, max: 600 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("jump" as const),
        pc,
        minutes: fc.constantFrom(-2880, -61, -3, 3, 61, 2880),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("vault" as const), pc, open: fc.boolean() }),
    },
  );
}

/** Scripts of so many steps at most. */
export function scripts(longest: number): fc.Arbitrary<Script> {
  return fc.integer({ min: 1, max: 3 }).chain((pcs) =>
    fc.record({
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
      pcs: fc.constant(pcs),
      updateCreate: fc.boolean(),
      declaresUpdateCreate: fc.boolean(),
      conditionalCreate: fc.boolean(),
      offersHistory: fc.boolean(),
      pageSize: fc.constantFrom(3, 50),
      steps: fc.noBias(fc.array(step(pcs), { minLength: 1, maxLength: longest, size: "max" })),
    }),
  );
}
