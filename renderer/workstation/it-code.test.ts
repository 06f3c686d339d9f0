import { expect, test } from "vitest";
import { CODE_LENGTH, grouped, readCode, waitAfter } from "./it-code.ts";

test("A code heard over the telephone is read however it was typed", () => {
  const meant = { code: "K7Q209XM1T0ZB4WD", strange: null };
  expect([
    readCode("K7Q2 09XM 1T0Z B4WD"),
    readCode("k7q2-09xm-1t0z-b4wd"),
    readCode(" K7Q2–O9XM\nlToZ.B4WD "),
    readCode("K٧Q٢ ٠٩XM iTOZ B٤WD"),
  ]).toEqual([meant, meant, meant, meant]);
  expect(meant.code).toHaveLength(CODE_LENGTH);
});

test("A letter that stands in no code is pointed out instead of being dropped", () => {
  expect([readCode("K7U2").strange, readCode("K7*2").strange, readCode("ع").strange]).toEqual([
    "U",
    "*",
    "ع",
  ]);
});

test("A code is shown in fours", () => {
  expect([grouped(""), grouped("K7Q2"), grouped("K7Q20"), grouped("K7Q209XM1")]).toEqual([
    "",
    "K7Q2",
    "K7Q2 0",
    "K7Q2 09XM 1",
  ]);
});

test("After a wrong code it is said how long to wait, and another failure is not taken for a wrong code", () => {
  expect([
    waitAfter({ code: "CODE_REFUSED", data: { retryAfterSeconds: 4 } }, 1000),
    waitAfter({ code: "UNAVAILABLE", data: { retryAfterSeconds: 4 } }, 1000),
    waitAfter({ code: "CODE_REFUSED", data: {} }, 1000),
    waitAfter(null, 1000),
  ]).toEqual([5000, null, null, null]);
});
