import { expect, test } from "vitest";
import { type EmergencyEntry, emergencyProblems, emergencyRequest } from "./emergency-entry.ts";

const entry: EmergencyEntry = {
  name: " Dr Huda Saleh ",
  reason: "Cardiac arrest, bed 4",
  way: "colleague",
  clinician: "noura",
  pin: "482913",
  code: "",
};

test("An emergency access is asked for with who, why, and the colleague who lets her in", () => {
  expect(emergencyRequest(entry)).toEqual({
    name: "Dr Huda Saleh",
    reason: "Cardiac arrest, bed 4",
    way: { kind: "colleague", clinician: "noura", pin: "482913" },
  });
});

test("With the envelope's code no colleague and no PIN is asked for, and none is sent", () => {
  const code = "7K2M94VQ1A0BCDEFGHJK";
  expect(emergencyRequest({ ...entry, way: "envelope", code })).toEqual({
    name: "Dr Huda Saleh",
    reason: "Cardiac arrest, bed 4",
    way: { kind: "envelope", code },
  });
});

test("Nobody gets in without saying who she is and why", () => {
  expect(emergencyProblems({ ...entry, name: " H ", reason: "   " })).toEqual(["name", "reason"]);
  expect(emergencyRequest({ ...entry, reason: "x" })).toBeNull();
});

test("Nobody gets in without a colleague's PIN or a whole code", () => {
  expect(emergencyProblems({ ...entry, clinician: null, pin: "12" })).toEqual(["colleague", "pin"]);
  expect(emergencyProblems({ ...entry, way: "envelope", code: "7K2M9" })).toEqual(["code"]);
});
