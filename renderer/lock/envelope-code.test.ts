import { expect, test } from "vitest";
import { caretAfter, codeProblem, groupedCode, readCode } from "./envelope-code.ts";

const whole = "7K2M94VQ1A0BCDEFGHJK";

test("A code is understood however it was copied from the paper", () => {
  for (const typed of [
    "7K2M9-4VQ1A-0BCDE-FGHJK",
    "7k2m9 4vqla obcde fghjk",
    "7K2M9—4VQIA—OBCDE—FGHJK",
    "٧K٢M٩ ٤VQ١A ٠BCDE FGHJK",
  ])
    expect(readCode(typed)).toBe(whole);
  expect(codeProblem(whole)).toBeNull();
});

test("A code is shown in the groups of the paper, also while it is typed", () => {
  expect([groupedCode(whole), groupedCode("7K2M94"), groupedCode("")]).toEqual([
    "7K2M9-4VQ1A-0BCDE-FGHJK",
    "7K2M9-4",
    "",
  ]);
});

test("A code that is not whole, or has a letter that no code has, is said before it is tried", () => {
  expect([codeProblem("7K2M9"), codeProblem("7U2Mش")]).toEqual([
    { problem: "short" },
    { problem: "letters", wrong: "U ش" },
  ]);
});

test("The caret stays behind the character typed last when a dash is put in", () => {
  expect([0, 1, 5, 6, 10, 11, 20].map(caretAfter)).toEqual([0, 1, 5, 7, 11, 13, 23]);
});
