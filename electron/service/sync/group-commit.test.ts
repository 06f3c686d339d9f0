import { expect, test } from "vitest";
import { groupCommit } from "./group-commit.ts";

test("what comes together is committed together, and each is told when it is on disk", async () => {
  const groups: (readonly number[])[] = [];
  const commit = groupCommit<number>((group) => void groups.push(group), {
    underWay: () => underWay,
    gatherMs: 1,
  });
  let underWay = 3;
  await Promise.all([commit(1), commit(2), commit(3)]);
  underWay = 1;
  await commit(4);
  expect(groups).toEqual([[1, 2, 3], [4]]);
});

test("one that cannot be committed does not take the others with it", async () => {
  const kept: number[] = [];
  const commit = groupCommit<number>(
    (group) => {
      if (group.includes(2)) throw new Error("no");
      kept.push(...group);
    },
    { underWay: () => 3, gatherMs: 1 },
  );
  const results = await Promise.allSettled([commit(1), commit(2), commit(3)]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(kept).toEqual([1, 3]);
});
