import { defineConfig } from "vitest/config";

/** What an attacker would try, against the real parts. */
export default defineConfig({
  test: {
    root: ".",
    include: ["tests/attack/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    globalSetup: "tests/threads/build.ts",
    setupFiles: "tests/threads/use.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
