import { mkdirSync, rmSync } from "node:fs";
import { node, tool } from "../commands/run.ts";

/**
 * Screenshots of every screen in both languages, by day, into `docs/screens/`: the pictures are taken by a Playwright run
 * over the preview, with the demo ward behind it.
 */
rmSync("docs/screens", { recursive: true, force: true });
mkdirSync("docs/screens", { recursive: true });
const { code } = await node(
  [
    tool("playwright", "@playwright/test"),
    "test",
    "-c",
    "build/screens.config.ts",
    "--reporter=list",
  ],
  // Journeys take theirs wherever they are told to, and in both languages in the long form only.
  { env: { PICTURES: "docs/screens", E2E_LONG: "1" } },
);
process.exit(code);
