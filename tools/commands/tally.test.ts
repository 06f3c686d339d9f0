import { expect, test } from "vitest";
import { add, byExitCode, nothing, summary } from "./tally.ts";

test("The last line sums all suites; above it every failure has its name and every skip its reason", () => {
  const tally = [
    { passed: 12, failed: 0, skipped: [] },
    byExitCode(0, "unused"),
    byExitCode(77, "interop: no compiler"),
    {
      passed: 3,
      failed: 1,
      skipped: [{ count: 4, why: "no Electron binary" }],
      named: ["failed: she signs in"],
      took: [{ suite: "journeys", seconds: 61 }],
    },
  ].reduce(add, nothing);
  expect(summary(tally)).toEqual([
    "took: journeys 61 s",
    "failed: she signs in",
    "skipped 1: interop: no compiler",
    "skipped 4: no Electron binary",
    "16 passed, 1 failed, 5 skipped",
  ]);
});

test("A suite that crashes is a failure, whatever its exit code", () => {
  expect(byExitCode(139, "unused")).toEqual({ passed: 0, failed: 1, skipped: [] });
});
