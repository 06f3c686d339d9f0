import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../policy/index.ts";
import { skewNotice } from "./status.ts";

test.each([
  ["cannot be told", null, null],
  ["is right", 0, null],
  ["is off by less than policy minds", -59_000, null],
  ["is a minute behind", 60_000, "60 s behind the HIS"],
  ["is an hour ahead", -3_600_000, "3600 s ahead of the HIS"],
])("a clock that %s", (_name, skewMs, detail) => {
  expect(skewNotice(skewMs, DEFAULT_POLICY)?.detail ?? null).toBe(detail);
});
