import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

/** The pictures of `docs/screens`: the same house as the journeys, one size. */
export default defineConfig<object, { shell: string }>({
  ...journeys,
  testDir: "../tests/screens",
  testMatch: "*.pictures.ts",
  projects: [{ name: "preview", use: { shell: "preview" } }],
});
