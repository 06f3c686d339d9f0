import { expect, test } from "vitest";
import { destroyAll } from "./blocks.ts";
import { seeded } from "./run.ts";

test("whole blocks of pages destroyed in both files of a workstation, or one page in ten, are said: no fact is ever otherwise and not said so", async () => {
  const changed: string[] = [];
  const tally = await destroyAll(15, seeded(20_261_129), (what) => changed.push(what));
  expect(changed).toEqual([]);
  // Whatever is left opens and is read.
  expect(tally).toMatchObject({ blows: 15, changed: 0, refused: 0 });
  expect(tally.read / tally.of).toBeGreaterThan(0.3);
  expect(tally.said).toBeGreaterThan(10);
}, 60_000);
