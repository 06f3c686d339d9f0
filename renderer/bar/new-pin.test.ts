import { expect, test } from "vitest";
import { changeProblem, ruleStates } from "./new-pin.ts";

const good = { old: "739205", wanted: "582046", again: "582046" };

test("A good new PIN, typed twice, may be asked for, and every rule reads as met", () => {
  expect(changeProblem(good)).toBeNull();
  expect(ruleStates(good)).toEqual({ digits: "met", run: "met", birthday: "met", same: "met" });
});

test("While she types, a PIN that is still too short is not held against her", () => {
  for (const wanted of ["", "5", "58204"])
    expect(ruleStates({ ...good, wanted }).digits).toBe("open");
});

test("A row, a letter and the PIN she has now are marked at their own rule", () => {
  expect([
    ruleStates({ ...good, wanted: "123456" }).run,
    ruleStates({ ...good, wanted: "58a046" }).digits,
    ruleStates({ ...good, wanted: good.old }).same,
  ]).toEqual(["broken", "broken", "broken"]);
});

test("Whether it is the PIN she has now is not said before that one is typed", () => {
  expect(ruleStates({ ...good, old: "" }).same).toBe("open");
});

test("The first field that keeps the change from being asked for is named", () => {
  expect([
    changeProblem({ ...good, old: "" }),
    changeProblem({ ...good, wanted: "111111" }),
    changeProblem({ ...good, again: "582047" }),
  ]).toEqual([
    { field: "old", problem: "empty" },
    { field: "wanted", problem: "run" },
    { field: "again", problem: "mismatch" },
  ]);
});
