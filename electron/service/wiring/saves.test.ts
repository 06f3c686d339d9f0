import { expect, test } from "vitest";
import { createSaves } from "./saves.ts";

test("a lock waits for the saves that are under way, whether they succeed or fail, and for none that are over", async () => {
  const saves = createSaves();
  await saves.settled();
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const saved = saves.during(() => first.promise);
  const refused = saves.during(() => second.promise);
  refused.catch(() => undefined);
  let over = false;
  const settled = saves.settled().then(() => (over = true));
  first.resolve("kept");
  expect(await saved).toBe("kept");
  await new Promise(setImmediate);
  expect(over).toBe(false);
  second.reject(new Error("full disk"));
  await settled;
  await expect(refused).rejects.toThrow("full disk");
});
