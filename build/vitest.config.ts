import { defineConfig } from "vitest/config";

/** Unit tests lie beside the code; what crosses rooms is under tests/ and has runners of its own. */
export default defineConfig({
  test: {
    root: ".",
    include: [
      "{electron,shared,renderer,tools,build}/**/*.test.ts",
      "tests/{service,badge,model}/*.test.ts",
    ],
    environment: "node",
    pool: "forks",
    globalSetup: "tests/threads/build.ts",
    setupFiles: "tests/threads/use.ts",
    // Vitest leaves a processor free by itself; these tests wait more than they work: three keep two processors busy.
    maxWorkers: 3,
    // A driver or a daemon may miss a beat on a busy machine; Vitest marks who needed a second try.
    retry: 1,
    // A hung test ends; a slow machine is no fault.
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
