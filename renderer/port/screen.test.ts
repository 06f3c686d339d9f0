import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onceDrawn } from "./screen.ts";

/** What waits for the next frame. */
let waiting: (() => void)[] = [];
let runs = 0;
const frame = (): void => {
  for (const call of waiting.splice(0)) call();
};
const wait = (): void => {
  onceDrawn(() => {
    runs += 1;
  });
};

beforeEach(() => {
  vi.useFakeTimers();
  waiting = [];
  runs = 0;
  vi.stubGlobal("document", { visibilityState: "visible" });
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => waiting.push(call));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what was drawn is handed over when the second frame begins; what follows holds no frame up, and is done once", () => {
  wait();
  frame();
  vi.advanceTimersByTime(1);
  expect(runs).toBe(0);
  frame();
  expect(runs).toBe(0);
  vi.advanceTimersByTime(1);
  expect(runs).toBe(1);
  vi.advanceTimersByTime(10_000);
  expect(runs).toBe(1);
});

test("a screen that draws no frame is not waited for for ever", () => {
  wait();
  vi.advanceTimersByTime(99);
  expect(runs).toBe(0);
  vi.advanceTimersByTime(1);
  expect(runs).toBe(1);
  frame();
  frame();
  vi.runAllTimers();
  expect(runs).toBe(1);
});

test("a page in the background is not waited for at all", () => {
  vi.stubGlobal("document", { visibilityState: "hidden" });
  wait();
  expect(runs).toBe(1);
  expect(waiting).toEqual([]);
});
