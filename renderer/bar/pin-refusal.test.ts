import { expect, test } from "vitest";
import { pinRefusal } from "./pin-refusal.ts";

test("A refused PIN change says which it was: the PIN she has now, or the one she wants", () => {
  expect([
    pinRefusal({ code: "WRONG_PIN", data: { attempts: 2, retryAfterSeconds: 5 } }, 1000),
    pinRefusal({ code: "PIN_REFUSED", data: { problem: "birthday" } }, 0),
  ]).toEqual([
    { kind: "wrong-pin", attempts: 2, until: 6000 },
    { kind: "refused", problem: "birthday" },
  ]);
});

test("Any other failure of a PIN change is not taken for a wrong PIN", () => {
  expect([
    pinRefusal(null, 0),
    pinRefusal({ code: "LOCKED", data: { state: "locked" } }, 0),
    pinRefusal({ code: "PIN_REFUSED", data: { problem: "ugly" } }, 0),
  ]).toEqual([null, null, null]);
});
