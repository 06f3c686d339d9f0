import { expect, test } from "vitest";
import { flipAll, seeded } from "./run.ts";

test("a bit turned anywhere in the files of a workstation is noticed or harmless: no fact is ever otherwise and not said so", async () => {
  const changed: string[] = [];
  const tally = await flipAll(40, seeded(20_261_128), (what) => changed.push(what));
  expect(changed).toEqual([]);
  expect(tally).toMatchObject({ flips: 40, changed: 0 });
  // The flips did reach something.
  expect(tally.said + tally.refused + tally.older).toBeGreaterThan(10);
}, 60_000);
