import { expect, test } from "vitest";
import { watchActivity } from "./activity.ts";

test("Input is told at most once a second, and no longer once the session has gone", () => {
  const target = new EventTarget() as unknown as Window;
  let now = 0;
  let told = 0;
  const stop = watchActivity(
    target,
    () => now,
    () => {
      told += 1;
    },
  );
  const press = (): boolean => target.dispatchEvent(new Event("keydown"));
  press();
  now = 400;
  press();
  now = 1000;
  press();
  expect(told).toBe(2);
  stop();
  now = 5000;
  press();
  expect(told).toBe(2);
});
