import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

/** The pictures of `docs/screens`: the same house as the journeys, one size, and those journeys that take some on their way. */
export default defineConfig<object, { shell: string }>({
  ...journeys,
  testDir: "../tests",
  testMatch: ["screens/*.pictures.ts", "e2e/{distrust,guard,guests,ordering,outbox}.spec.ts"],
  projects: [{ name: "preview", use: { shell: "preview" } }],
});
