import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium =
  process.env["CHROMIUM"] ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
    existsSync(file),
  ) ??
  "chromium";

/** What concerns the page alone, the service alone or the preview alone is looked at once, in the preview. */
const once = [
  "accessibility.spec.ts",
  "badge-reader.spec.ts",
  "board.spec.ts",
  "change-pin.spec.ts",
  "crash.spec.ts",
  "distrust.spec.ts",
  "emergency.spec.ts",
  "enrol.spec.ts",
  "giving.spec.ts",
  "guard.spec.ts",
  "guests.spec.ts",
  "ordering.spec.ts",
  "outbox.spec.ts",
  "override.spec.ts",
  "preview.spec.ts",
  "wipe.spec.ts",
];

/** What page and service do alike behind every shell: in the others in the long form only, `npm run e2e -- --long`. */
const longElsewhere =
  process.env["E2E_LONG"] === undefined
    ? ["badge.spec.ts", "lock.spec.ts", "sign-in.spec.ts", "wedge.spec.ts"]
    : [];

/** The same journeys in every shell. A shell that cannot be run here skips them, with its reason. */
export default defineConfig<object, { shell: string }>({
  testDir: "../tests/e2e",
  outputDir: "../out/e2e",
  // They wait more than they work: three keep two processors busy.
  workers: 3,
  // A driver or a daemon may miss a beat on a busy machine. Who needed a second try is named at the end of `npm test`.
  retries: 1,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  use: {
    locale: "en-GB",
    viewport: { width: 1366, height: 768 },
    launchOptions: {
      executablePath: chromium,
      args: [
        // A machine without a graphics processor would emulate one for every frame.
        "--disable-gpu",
        // Chromium refuses to start its sandbox as root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
  },
  projects: [
    { name: "preview", use: { shell: "preview" }, testIgnore: ["electron.spec.ts"] },
    {
      name: "stand-in, not Electron",
      use: { shell: "stand-in" },
      testIgnore: [...once, ...longElsewhere],
    },
    { name: "Electron", use: { shell: "electron" }, testIgnore: [...once, ...longElsewhere] },
  ],
});
