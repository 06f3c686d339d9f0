import { expect, test } from "vitest";
import { readReason, reasonChoices, reasonProblem, writeReason } from "./reason.ts";

test("Every reason is read again as it was given, with or without words of her own", () => {
  for (const choice of reasonChoices)
    for (const text of choice === "other" ? ["طبيب الجراحة طلب رأيي"] : ["", "by Dr Saleh: bed 4"])
      expect(readReason(writeReason(choice, ` ${text} `))).toEqual({ choice, text });
});

test("A record is not opened without a choice, nor for another reason that is not said", () => {
  expect([
    reasonProblem(null, "because"),
    reasonProblem("other", "  ok "),
    reasonProblem("other", "rota"),
    reasonProblem("covering", ""),
  ]).toEqual(["choose", "text", null, null]);
});

test("What goes into the trail fits the contract: four to five hundred characters", () => {
  const longest = reasonChoices.map((choice) => writeReason(choice, "x".repeat(600)).length);
  const shortest = reasonChoices.map((choice) => writeReason(choice, "rota").length);
  expect(longest).toEqual([500, 500, 500, 500]);
  expect(Math.min(...shortest)).toBeGreaterThanOrEqual(4);
});

test("A reason that only begins like one of ours stays in the writer's words", () => {
  expect(readReason("Asked to helpful colleague")).toEqual({
    choice: "other",
    text: "Asked to helpful colleague",
  });
});
