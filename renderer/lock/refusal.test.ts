import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

test("A wrong PIN says how many tries there were and until when to wait", () => {
  const error = { code: "WRONG_PIN", data: { attempts: 3, retryAfterSeconds: 20 } };
  expect(refusalOf(error, 1000)).toEqual({ kind: "wrong-pin", attempts: 3, until: 21_000 });
});

test("Somebody whose access is not ready is told why", () => {
  expect(refusalOf({ code: "NOT_READY", data: { why: "revoked" } }, 0)).toEqual({
    kind: "not-ready",
    why: "revoked",
  });
});

test("Somebody without her badge, and somebody with a used envelope, is told so", () => {
  expect([
    refusalOf({ code: "NOT_READY", data: { why: "badge" } }, 0),
    refusalOf({ code: "ENVELOPE_REFUSED", data: { why: "used" } }, 0),
    refusalOf({ code: "ENVELOPE_REFUSED", data: { why: "late" } }, 0),
  ]).toEqual([{ kind: "not-ready", why: "badge" }, { kind: "envelope", why: "used" }, null]);
});

test("Any other failure of a sign-in is not taken for a wrong PIN", () => {
  expect([
    refusalOf(null, 0),
    refusalOf({ code: "UNAVAILABLE", data: { what: "keychain" } }, 0),
    refusalOf({ code: "NOT_READY", data: { why: "other" } }, 0),
  ]).toEqual([null, null, null]);
});
