import { expect, test } from "vitest";
import type { OrderedDose } from "../contract/ordering.ts";
import { orderProblems } from "./ordering.ts";

const NOW = "2026-11-23T20:00:00+03:00";
const well: OrderedDose = {
  dose: { value: 0.125, unit: "mg" },
  route: "oral",
  frequency: { kind: "times", times: ["08:00", "20:00"] },
  start: NOW,
  end: "2026-11-26T20:00:00+03:00",
  reason: "",
};

test.each([
  ["is as it can be", {}, []],
  ["has no end", { end: null }, []],
  ["is needed now and then", { frequency: { kind: "as-needed", most: 4, reason: "pain" } }, []],
  ["has a dose with a slip of the key", { dose: { value: 0.1253, unit: "mg" } }, ["dose"]],
  ["has a time twice", { frequency: { kind: "times", times: ["08:00", "08:00"] } }, ["times"]],
  [
    "has its times in disorder",
    { frequency: { kind: "times", times: ["20:00", "08:00"] } },
    ["times"],
  ],
  ["begins the day before yesterday", { start: "2026-11-21T20:00:00+03:00" }, ["start"]],
  ["begins in a year", { start: "2027-11-21T20:00:00+03:00", end: null }, ["start"]],
  ["ends before it begins", { start: "2026-11-27T20:00:00+03:00" }, ["end"]],
  [
    "is over already",
    { start: "2026-11-23T08:00:00+03:00", end: "2026-11-23T19:00:00+03:00" },
    ["end"],
  ],
  ["has dates that are none", { start: "soon", end: "later" }, ["start", "end"]],
] as const)("an order that %s", (_how, change, problems) => {
  expect(orderProblems({ ...well, ...change } as OrderedDose, NOW)).toEqual(problems);
});
