import { expect, test, vi } from "vitest";
import type { Remote } from "../store/index.ts";
import { createApplyLoop } from "./apply-loop.ts";
import type { ChartThread } from "./types.ts";

function loopOver(applyInbox: () => Promise<never>) {
  let chart: Remote<ChartThread> | null = { applyInbox } as unknown as Remote<ChartThread>;
  const onFailed = vi.fn<() => void>();
  const loop = createApplyLoop({
    chart: () => chart,
    timers: { after: () => () => undefined },
    log: () => undefined,
    onApplied: () => undefined,
    onFailed,
  });
  return {
    loop,
    onFailed,
    close: () => {
      chart = null;
    },
  };
}

test("of a call that failed nobody knows what it committed: it is told as if anything had changed", async () => {
  const { loop, onFailed } = loopOver(() => Promise.reject(new Error("the disk is full")));
  await loop.run();
  expect(onFailed).toHaveBeenCalledTimes(1);
});

test("nothing is told when the chart was closed under it: there is no board to ask for", async () => {
  const { loop, onFailed, close } = loopOver(() => {
    close();
    return Promise.reject(new Error("closed"));
  });
  await loop.run();
  expect(onFailed).not.toHaveBeenCalled();
});
