import { afterEach, expect, test, vi } from "vitest";

const REMOVAL = { kind: "card-out", reader: "Reader A", presence: 3, why: "removed", at: 42 };

/** How many functions are made of text while `work` runs: Zod's way of compiling. */
function compiledIn(work: () => void): number {
  const made = vi.fn<(...given: string[]) => void>();
  const Plain = globalThis.Function;
  vi.stubGlobal(
    "Function",
    new Proxy(Plain, {
      construct(target, given: string[]) {
        made(...given);
        return Reflect.construct(target, given);
      },
    }),
  );
  work();
  return made.mock.calls.length;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("a removal is checked by what was compiled before any badge was taken", async () => {
  const { FromBadge, readyForRemovals } = await import("./badge.ts");
  readyForRemovals();
  expect(compiledIn(() => FromBadge.parse(REMOVAL))).toBe(0);
});

test("without that it is compiled when the first badge is taken", async () => {
  const { FromBadge } = await import("./badge.ts");
  expect(compiledIn(() => FromBadge.parse(REMOVAL))).toBeGreaterThan(0);
});
