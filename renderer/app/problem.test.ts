import { expect, test, vi } from "vitest";
import { en } from "../../shared/wording/index.ts";
import { problemOf } from "./problem.ts";

vi.mock("../port/index.ts", () => ({ DeadlineExceeded: class DeadlineExceeded extends Error {} }));

const failed = (code: string, data?: unknown): Error =>
  Object.assign(new Error(code), { code, data });

test("Every error of the contract has a message that says what happened, what was kept and what to do", () => {
  const kinds = [
    failed("LOCKED", { state: "sealed" }),
    failed("NOT_FOUND"),
    failed("ALREADY_SAVED"),
    failed("OUTSIDE_REMIT"),
    failed("FORBIDDEN", { why: "role" }),
    failed("FORBIDDEN", { why: "emergency" }),
    ...["keychain", "disk-full", "damaged", "stopping", "policy", "not-joined"].map((what) =>
      failed("UNAVAILABLE", { what, detail: "" }),
    ),
  ].map((error) => problemOf(error));
  expect(kinds).toEqual([
    "locked",
    "notFound",
    "alreadySaved",
    "outsideRemit",
    "forbiddenRole",
    "forbiddenEmergency",
    "keychain",
    "diskFull",
    "damaged",
    "stopping",
    "policy",
    "notJoined",
  ]);
  for (const kind of kinds) expect(Object.keys(en.error[kind])).toEqual(["what", "kept", "todo"]);
});

test("An error nobody foresaw still has a message", () => {
  expect([problemOf(new Error("x")), problemOf(undefined), problemOf(failed("TEAPOT"))]).toEqual([
    "unexpected",
    "unexpected",
    "unexpected",
  ]);
});
