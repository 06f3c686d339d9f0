import { expect, test } from "vitest";
import { groupCommit } from "./group-commit.ts";

test("out of the quiet one is committed at once, what follows together, and each is told when it is on disk", async () => {
  const groups: (readonly number[])[] = [];
  let tick = 0;
  const commit = groupCommit<number>((group) => void groups.push(group), {
    tick: () => tick,
    gatherMs: 1,
  });
  const first = commit(1);
  expect(groups).toEqual([[1]]);
  const others = [commit(2), commit(3), commit(4)];
  expect(groups).toHaveLength(1);
  await Promise.all([first, ...others]);
  expect(groups).toEqual([[1], [2, 3, 4]]);
  tick = 1000;
  void commit(5);
  expect(groups).toHaveLength(3);
});

test("a flood does not wait: a full group is committed at once", async () => {
  const sizes: number[] = [];
  const commit = groupCommit<number>((group) => void sizes.push(group.length), {
    tick: () => 0,
    gatherMs: 1_000_000,
  });
  await Promise.all(Array.from({ length: 129 }, async (_, n) => await commit(n)));
  expect(sizes).toEqual([1, 64, 64]);
});

test("when no more comes, those that came are not kept waiting", async () => {
  const groups: (readonly number[])[] = [];
  const commit = groupCommit<number>((group) => void groups.push(group), {
    tick: () => 0,
    gatherMs: 1_000_000,
    lullMs: 1,
  });
  await Promise.all([commit(1), commit(2), commit(3)]);
  expect(groups).toEqual([[1], [2, 3]]);
});

test("one that cannot be committed does not take the others with it", async () => {
  const kept: number[] = [];
  const commit = groupCommit<number>(
    (group) => {
      if (group.includes(3)) throw new Error("no");
      kept.push(...group);
    },
    { tick: () => 0, gatherMs: 1 },
  );
  const results = await Promise.allSettled([commit(1), commit(2), commit(3), commit(4)]);
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(kept).toEqual([1, 2, 4]);
});
