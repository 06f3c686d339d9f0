import { expect, test } from "vitest";
import { play } from "./play.ts";
import type { Script } from "./script.ts";

/** Scripts that once broke something, as short as they could be made. */
const PLAIN: Omit<Script, "steps"> = {
  seed: 1,
  pcs: 1,
  updateCreate: true,
  declaresUpdateCreate: true,
  conditionalCreate: true,
  offersHistory: true,
  pageSize: 50,
};

test.each<[string, Script]>([
  [
    "an act put off before the PC's clock was put back two days is not put off for two days",
    {
      ...PLAIN,
      steps: [
        { do: "befall", pc: 0, fault: "500", on: "write", times: 4 },
        { do: "chart", pc: 0, patient: 0, author: 0, pulse: 70 },
        { do: "wait", seconds: 1 },
        { do: "jump", pc: 0, minutes: -2880 },
      ],
    },
  ],
  [
    "what a restored HIS forgot is offered again also after the PC's clock was put back two days",
    {
      ...PLAIN,
      steps: [
        { do: "chart", pc: 0, patient: 0, author: 0, pulse: 70 },
        { do: "wait", seconds: 60 },
        { do: "jump", pc: 0, minutes: -2880 },
        { do: "restore", minutes: 20, seconds: 301 },
      ],
    },
  ],
  [
    "a set that arrives late is not made twice because an order, of a type that gets no ids of ours, travels with it then",
    {
      ...PLAIN,
      seed: 0,
      offersHistory: false,
      pageSize: 3,
      steps: [
        { do: "kill", pc: 0, commit: 13, when: "before", seconds: 1 },
        { do: "chart", pc: 0, patient: 0, author: 0, pulse: 50 },
        { do: "befall", pc: 0, fault: "late", on: "write", times: 2 },
        { do: "chart", pc: 0, patient: 3, author: 0, pulse: 50 },
        { do: "order", pc: 0, patient: 3, mg: 1 },
        { do: "wait", seconds: 2 },
        { do: "discharge", patient: 0 },
      ],
    },
  ],
  [
    "an act is not parked because the HIS refused to say whether it has it",
    {
      ...PLAIN,
      updateCreate: false,
      declaresUpdateCreate: false,
      steps: [
        { do: "befall", pc: 0, fault: "cut", on: "write", times: 1 },
        { do: "befall", pc: 0, fault: "400", on: "read", times: 3 },
        { do: "order", pc: 0, patient: 0, mg: 1 },
        { do: "wait", seconds: 60 },
      ],
    },
  ],
  [
    "an act that the HIS has had for a fortnight is forgotten here, and is not taken for lost",
    {
      ...PLAIN,
      seed: 0,
      pcs: 2,
      updateCreate: false,
      declaresUpdateCreate: false,
      conditionalCreate: false,
      offersHistory: false,
      pageSize: 3,
      steps: [
        { do: "chart", pc: 0, patient: 0, author: 0, pulse: 50 },
        { do: "wait", seconds: 1 },
        { do: "away", hours: 52, history: "kept" },
        { do: "away", hours: 156, history: "kept" },
        { do: "away", hours: 128, history: "kept" },
        { do: "delete", type: 0, patient: 0, n: 0 },
      ],
    },
  ],
])("%s", async (_what, script) => {
  expect((await play(script)).faults).toEqual([]);
});
