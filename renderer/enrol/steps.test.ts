import { expect, test } from "vitest";
import { accessHere, inThrees, stepsOf } from "./steps.ts";

const states = (...args: Parameters<typeof stepsOf>): string =>
  stepsOf(...args)
    .map(({ state }) => state)
    .join(" ");

test.each([
  ["idle", false, "now ahead ahead ahead ahead"],
  ["signing-in", false, "now ahead ahead ahead ahead"],
  ["identified", false, "past now ahead ahead ahead"],
  ["identified", true, "past past now ahead ahead"],
  ["sending", true, "past past past now ahead"],
  ["waiting", false, "past past past now ahead"],
  ["done", false, "past past past past past"],
] as const)(
  "Enrolment that is %s (person confirmed: %s) shows where one is",
  (phase, sure, said) => {
    expect(states({ phase, problem: null }, sure)).toBe(said);
  },
);

test("An enrolment that failed at the desk does not send her back to a sign-in that went well", () => {
  expect(states({ phase: "failed", problem: "desk-refused" }, true)).toBe(
    "past past past stopped ahead",
  );
  expect(states({ phase: "failed", problem: "sign-in-timeout" }, false)).toBe(
    "stopped ahead ahead ahead ahead",
  );
});

const nurse = (slot: "ready" | "pending" | "revoked" | "expired") => [
  { id: "nurse-1", name: { en: "Sara", ar: "سارة" }, roles: ["nurse" as const], slot },
];

test("Only a slot that is ready lets her be told that she can sign in here", () => {
  expect([
    accessHere(nurse("ready"), "nurse-1"),
    accessHere(nurse("pending"), "nurse-1"),
    accessHere(nurse("revoked"), "nurse-1"),
    accessHere(nurse("expired"), "nurse-1"),
    accessHere(nurse("ready"), "nurse-2"),
    accessHere(nurse("ready"), null),
  ]).toEqual(["ready", "pending", "withdrawn", "withdrawn", "coming", "coming"]);
});

test("The six digits are shown in threes, as they are read out", () => {
  expect([inThrees("123456"), inThrees("1234"), inThrees("123")]).toEqual([
    "123 456",
    "123 4",
    "123",
  ]);
});
