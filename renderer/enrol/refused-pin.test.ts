import { expect, test } from "vitest";
import { refusedPin } from "./refused-pin.ts";

test("A PIN that this PC refuses is told with its reason, and no other failure is taken for it", () => {
  expect([
    refusedPin({ code: "PIN_REFUSED", data: { problem: "birthday" } }),
    refusedPin({ code: "PIN_REFUSED", data: { problem: "something else" } }),
    refusedPin({ code: "PIN_REFUSED", data: null }),
    refusedPin({ code: "UNAVAILABLE", data: { what: "keychain", problem: "run" } }),
    refusedPin(null),
  ]).toEqual(["birthday", null, null, null, null]);
});
