import { expect, test } from "vitest";
import { cases, tookEffect } from "./cases.ts";

test.each(cases.filter(({ kind }) => kind === "harmful"))("refused: $name", async (one) => {
  expect(await tookEffect(one)).toBe(false);
});

test.each(cases.filter(({ kind }) => kind === "legitimate"))("let through: $name", async (one) => {
  expect(await tookEffect(one)).toBe(true);
});
