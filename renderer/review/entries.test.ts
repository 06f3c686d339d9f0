import { expect, test } from "vitest";
import type { AccessEntry } from "../app/index.ts";
import { reviewOf } from "./entries.ts";

const person = (id: string): AccessEntry["clinician"] => ({
  id,
  name: { en: id, ar: id },
  roles: ["doctor"],
});
const override = { clinician: person("huda"), by: null, reviewedAt: null };
const noura = { clinician: "noura", emergency: false };

test("A colleague may review an override, whoever did it may not", () => {
  expect([reviewOf(override, noura), reviewOf(override, { ...noura, clinician: "huda" })]).toEqual([
    "done",
    "own",
  ]);
});

test("Whose PIN let somebody in by emergency access does not review that access", () => {
  const emergency = { clinician: null, by: person("noura"), reviewedAt: null };
  expect([
    reviewOf(emergency, noura),
    reviewOf(emergency, { ...noura, clinician: "omar" }),
  ]).toEqual(["own", "done"]);
});

test("An access by the ward's envelope is nobody's own", () => {
  expect(reviewOf({ clinician: null, by: null, reviewedAt: null }, noura)).toBe("done");
});

test("What was reviewed is not asked for again, and an emergency access reviews nothing", () => {
  expect([
    reviewOf({ ...override, reviewedAt: "2026-11-09T12:00:00Z" }, noura),
    reviewOf(override, { clinician: null, emergency: true }),
  ]).toEqual([null, "reading"]);
});
