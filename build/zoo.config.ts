import { defineConfig } from "vitest/config";

/** The client against every server the demo HIS can pretend to be, or the one in FHIR_BASE_URL. */
export default defineConfig({
  test: {
    root: ".",
    include: ["tests/zoo/*.test.ts"],
    environment: "node",
    pool: "forks",
    globalSetup: "tests/threads/build.ts",
    setupFiles: "tests/threads/use.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
