import { expect, test } from "vitest";
import { playForged } from "./forged-statements.ts";

test("whatever statements a HIS forges change nothing on a ward PC; the hospital's own take effect", async () => {
  const judged = await playForged();
  expect(judged.filter(({ kind }) => kind === "harmful").length).toBeGreaterThan(35);
  expect(judged.filter(({ good }) => !good).map(({ name }) => name)).toEqual([]);
});
