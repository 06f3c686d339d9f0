import { expect, test } from "vitest";
import { pinSays, ruleMarks } from "./pin-entry.ts";

test("A PIN is sent only when it was typed twice the same and keeps every rule", () => {
  expect([
    pinSays("", "", "too-short"),
    pinSays("1234", "", "too-short"),
    pinSays("482913", "", null),
    pinSays("482913", "4829", null),
    pinSays("482913", "4828", null),
    pinSays("482913", "4829137", null),
    pinSays("482913", "482913", null),
    pinSays("111111", "111111", "run"),
  ]).toEqual(["empty", "too-short", "again", "again", "differ", "differ", "ready", "run"]);
});

test("The list of rules shows the broken one, and never says of a birthday it cannot know that it was looked at", () => {
  const marks = (pin: string, problem: Parameters<typeof ruleMarks>[1]): string =>
    ruleMarks(pin, problem)
      .map(({ mark }) => mark)
      .join(" ");
  expect([
    marks("", "too-short"),
    marks("48", "too-short"),
    marks("111111", "run"),
    marks("010190", "birthday"),
    marks("48x", "not-digits"),
    marks("482913", null),
  ]).toEqual([
    "open open open open",
    "open broken open open",
    "open open broken open",
    "open open open broken",
    "broken open open open",
    "met met met open",
  ]);
});
