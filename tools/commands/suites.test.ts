import { expect, test, vi } from "vitest";
import { journeysAsked } from "./suites.ts";

test.each([
  { given: [], asked: ["--grep-invert=@long"], long: undefined },
  { given: ["--long"], asked: [], long: "1" },
  { given: ["tests/e2e/wipe.spec.ts"], asked: ["tests/e2e/wipe.spec.ts"], long: undefined },
  { given: ["--long", "-g", "wipe"], asked: ["-g", "wipe"], long: "1" },
])("of the journeys $given asks for $asked", ({ given, asked, long }) => {
  vi.stubEnv("E2E_LONG", undefined);
  try {
    expect(journeysAsked(given)).toEqual(asked);
    expect(process.env["E2E_LONG"]).toBe(long);
  } finally {
    vi.unstubAllEnvs();
  }
});
