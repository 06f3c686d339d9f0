import { expect, test } from "vitest";
import { emptyGiveEntry, type GiveEntry, keptGiving } from "./give-entry.ts";

const entry: GiveEntry = {
  given: false,
  ticked: new Set(["patient", "dose"]),
  notGiven: "other",
  text: "in theatre until noon",
  reason: "desensitised this morning",
  second: "doctor-layla",
  pin: "482915",
};

test("what is kept of a dose being given comes back without its ticks and without the second clinician", () => {
  const kept = JSON.stringify(keptGiving.write(entry));
  expect(kept).not.toContain("482915");
  expect(kept).not.toContain("doctor-layla");
  const { given, notGiven, text, reason } = entry;
  expect(keptGiving.read(JSON.parse(kept))).toEqual({
    ...emptyGiveEntry,
    given,
    notGiven,
    text,
    reason,
  });
});

test("a kept dose that is damaged in part comes back with the rest, and never with something invented", () => {
  expect(keptGiving.read({ given: 1, notGiven: "no such reason", text: 7, reason: "why" })).toEqual(
    {
      ...emptyGiveEntry,
      reason: "why",
    },
  );
});
