import { afterAll, beforeAll, expect, test } from "vitest";
import { clinicalCases, play } from "./cases.ts";
import type { Played } from "./cases.ts";

/** One HIS and one PC for all of them, a patient each: what is shown is looked at when everything has happened. */
let played: Played | null = null;
beforeAll(async () => {
  played = await play(clinicalCases);
}, 120_000);
afterAll(async () => await played?.dispose());

const of = (kind: string) => clinicalCases.filter((one) => one.kind === kind);

test.each(of("harmful"))("comes to nothing: $name", (one) => {
  expect(played?.wrong(one)).toEqual([]);
});

test.each(of("legitimate"))("is in nobody's way: $name", (one) => {
  expect(played?.wrong(one)).toEqual([]);
});
