import { expect, test } from "vitest";
import { waitSeconds, wrongPin } from "./wrong-pin.ts";

test("A wrong PIN says how many tries there were and until when to wait", () => {
  const error = { code: "WRONG_PIN", data: { attempts: 3, retryAfterSeconds: 20 } };
  expect(wrongPin(error, 1000)).toEqual({ kind: "wrong-pin", attempts: 3, until: 21_000 });
  expect([wrongPin(null, 0), wrongPin({ code: "LOCKED", data: {} }, 0)]).toEqual([null, null]);
});

test("The wait after a wrong PIN is counted down to nothing, and never below", () => {
  const refusal = { kind: "wrong-pin", attempts: 3, until: 20_000 } as const;
  expect([0, 19_001, 30_000].map((now) => waitSeconds(refusal, now))).toEqual([20, 1, 0]);
  expect([waitSeconds({ kind: "envelope" }, 0), waitSeconds(null, 0)]).toEqual([0, 0]);
});
