import { expect, test } from "vitest";
import { type Conflict, readKept, writeKept } from "../app/index.ts";
import { askedIn, keptSides, mineIn, nameOf, type Side } from "./sides.ts";

type Field = Conflict["items"][number]["fields"][number];

const differs = (field: string, mine: string, theirs: string, decide = true): Field => ({
  field,
  base: "before",
  mine,
  theirs,
  decide,
});

const pulse = (fields: readonly Field[], mineIsPossible = true): Conflict => ({
  items: [
    {
      resource: "Observation/pulse",
      vitals: ["pulse"],
      what: "Heart rate",
      at: null,
      mineIsPossible,
      fields: [...fields],
    },
  ],
});

const choose = (field: string, side: Side) => ({
  [nameOf({ resource: "Observation/pulse", field })]: side,
});

test("a nurse chooses a value, and whether it counts as corrected follows it", () => {
  const conflict = pulse([
    differs("status", "corrected", "final"),
    differs("value[x]", "92", "101"),
    differs("note", "counted again", "before", false),
  ]);
  expect(askedIn(conflict).map(({ field }) => field)).toEqual(["value[x]"]);
  expect(mineIn(conflict, choose("value[x]", "mine")).map(({ field }) => field)).toEqual([
    "status",
    "value[x]",
  ]);
  expect(mineIn(conflict, choose("value[x]", "theirs"))).toEqual([]);
});

test("that a value was entered in error is a statement of its own, and is asked about", () => {
  const conflict = pulse([
    differs("status", "entered-in-error", "corrected"),
    differs("value[x]", "92", "101"),
  ]);
  expect(askedIn(conflict).map(({ field }) => field)).toEqual(["status", "value[x]"]);
  const sides = { ...choose("status", "mine"), ...choose("value[x]", "theirs") };
  expect(mineIn(conflict, sides).map(({ field }) => field)).toEqual(["status"]);
});

test("a status alone is asked about, and nothing is where what was charted here cannot stand", () => {
  expect(askedIn(pulse([differs("status", "corrected", "final")]))).toHaveLength(1);
  expect(askedIn(pulse([differs("value[x]", "92", "101")], false))).toEqual([]);
});

test("what she had chosen comes back after a lock; what is no side is not chosen", () => {
  const sides = { ...choose("value[x]", "mine"), ...choose("status", "theirs") };
  expect(readKept(writeKept(sides, keptSides) ?? "", keptSides)).toEqual(sides);
  expect(writeKept({}, keptSides)).toBeNull();
  const damaged = { ...choose("value[x]", "mine"), "Observation/pulse status": "both", other: 7 };
  expect(readKept(JSON.stringify(damaged), keptSides)).toEqual(choose("value[x]", "mine"));
});
