import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** How many functions are made of text, as Zod compiles, for the first removal in a process of its own. */
function compiledForRemoval(before: string): number {
  const file = new URL("../../shared/badge.ts", import.meta.url).href;
  const code = `
    const { FromBadge, readyForRemovals } = await import(${JSON.stringify(file)});
    ${before}
    let made = 0;
    globalThis.Function = new Proxy(Function, {
      construct(target, given) {
        made += 1;
        return Reflect.construct(target, given);
      },
    });
    FromBadge.parse({ kind: "card-out", reader: "A", presence: 3, why: "removed", at: 42 });
    console.log(made);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code]);
  expect(String(stderr)).toBe("");
  return Number(String(stdout));
}

test("a removal is checked by what was compiled before any badge was taken, else when the first one is", () => {
  expect(compiledForRemoval("")).toBeGreaterThan(0);
  expect(compiledForRemoval("readyForRemovals();")).toBe(0);
});
