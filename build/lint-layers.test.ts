import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lintConfig } from "./lint-layers.ts";

/** A file that breaks a layer, and what it imports. Depth matters: the patterns must hold however deep a file lies. */
const forbidden: readonly [file: string, imports: string][] = [
  ["shared/contract/a.ts", "node:fs"],
  ["shared/contract/b.ts", "fs"],
  ["shared/contract/c.ts", "electron"],
  ["shared/contract/d.ts", "react"],
  ["shared/contract/e.ts", "../../electron/service/service.ts"],
  ["shared/f.ts", "../renderer/main.tsx"],
  ["shared/contract/g.ts", "../../tools/his/index.ts"],
  ["renderer/ward/a.ts", "node:fs"],
  ["renderer/ward/b.ts", "electron"],
  ["renderer/ward/c.ts", "../../electron/service/service.ts"],
  ["renderer/d.ts", "../electron/main/window.ts"],
  ["renderer/ward/e.ts", "ws"],
  ["renderer/ward/f.ts", "better-sqlite3-multiple-ciphers"],
  ["renderer/ward/g.ts", "../../tools/his/index.ts"],
  ["renderer/ward/h.ts", "../../tests/e2e/app.ts"],
  ["renderer/ward/parts/i.ts", "../../../electron/preload/index.ts"],
  ["renderer/ward/j.ts", "../patient/banner.tsx"],
  ["renderer/ward/k.ts", "worker_threads"],
  ["electron/main/a.ts", "../service/service.ts"],
  ["electron/main/b.ts", "../../renderer/main.tsx"],
  ["electron/main/c.ts", "react"],
  ["electron/main/d.ts", "../../tools/his/index.ts"],
  ["electron/preload/a.ts", "node:fs"],
  ["electron/preload/b.ts", "../main/window.ts"],
  ["electron/preload/c.ts", "../service/service.ts"],
  ["electron/preload/d.ts", "fs"],
  ["electron/badge/a.ts", "electron"],
  ["electron/badge/b.ts", "../service/service.ts"],
  ["electron/badge/c.ts", "../main/window.ts"],
  ["electron/badge/d.ts", "../../renderer/main.tsx"],
  ["electron/badge/e.ts", "react"],
  ["electron/badge/f.ts", "../../tests/badge/pcscd.ts"],
  ["electron/main/e.ts", "../badge/badge.ts"],
  ["electron/main/f.ts", "koffi"],
  ["electron/service/a.ts", "electron"],
  ["electron/service/b.ts", "electron/main"],
  ["electron/service/c.ts", "../main/window.ts"],
  ["electron/service/d.ts", "../../renderer/main.tsx"],
  ["electron/service/e.ts", "../../tools/his/index.ts"],
  ["electron/service/f.ts", "../../tests/e2e/app.ts"],
  ["electron/service/g.ts", "react"],
  ["electron/service/h.ts", "@mantine/core"],
  ["electron/service/i.ts", "./vault/slots.ts"],
  ["electron/service/j.ts", "../badge/badge.ts"],
  ["electron/service/k.ts", "koffi"],
  ["electron/service/store/a.ts", "electron"],
  ["electron/service/store/b.ts", "../sync/index.ts"],
  ["electron/service/store/c.ts", "../api/index.ts"],
  ["electron/service/store/d.ts", "../his/index.ts"],
  ["electron/service/store/migrations/e.ts", "../../sync/index.ts"],
  ["electron/service/store/f.ts", "../vault/slots.ts"],
  ["electron/service/store/migrations/g.ts", "../../vault/slots.ts"],
  ["electron/service/store/h.ts", "../vault/deep/index.ts"],
  ["electron/service/store/i.ts", "../compose.ts"],
  ["electron/service/store/j.ts", "../../main/window.ts"],
  ["electron/service/policy/a.ts", "../vault/index.ts"],
  ["electron/service/vault/a.ts", "../store/index.ts"],
  ["electron/service/audit/a.ts", "../guard/index.ts"],
  ["electron/service/guard/a.ts", "../sync/index.ts"],
  ["electron/service/sync/a.ts", "../session/index.ts"],
  ["electron/service/session/a.ts", "../chart/index.ts"],
  ["electron/service/session/b.ts", "../../badge/badge.ts"],
  ["electron/service/session/c.ts", "koffi"],
  ["electron/service/chart/a.ts", "../record/index.ts"],
  ["electron/service/record/a.ts", "../api/index.ts"],
  ["electron/service/enrol/a.ts", "../session/index.ts"],
  ["electron/service/enrol/b.ts", "../api/index.ts"],
  ["electron/service/session/d.ts", "../enrol/index.ts"],
  ["electron/service/his/a.ts", "../enrol/index.ts"],
  ["electron/service/api/a.ts", "../store/chart.ts"],
  ["electron/service/api/b.ts", "../enrol/desk.ts"],
];

const allowed: readonly [file: string, imports: string][] = [
  ["shared/contract/ok-a.ts", "zod"],
  ["shared/contract/ok-b.ts", "../trust/index.ts"],
  ["renderer/ward/ok-a.ts", "../../shared/contract/index.ts"],
  ["renderer/ward/ok-b.ts", "../parts/index.ts"],
  ["renderer/ward/parts/ok-c.ts", "../board.tsx"],
  ["renderer/ward/ok-d.ts", "react"],
  ["renderer/ward/ok-e.ts", "@mantine/core"],
  ["electron/main/ok-a.ts", "electron"],
  ["electron/main/ok-b.ts", "node:path"],
  ["electron/main/ok-c.ts", "../../shared/shell.ts"],
  ["electron/preload/ok-a.ts", "electron"],
  ["electron/preload/ok-b.ts", "../../shared/shell-names.ts"],
  ["electron/badge/ok-a.ts", "../../shared/badge.ts"],
  ["electron/badge/ok-b.ts", "koffi"],
  ["electron/badge/ok-c.ts", "node:crypto"],
  ["electron/service/no-dumps.ts", "koffi"],
  ["electron/service/wake-at-once.ts", "koffi"],
  ["electron/service/ok-a.ts", "./vault/index.ts"],
  ["electron/service/ok-b.ts", "./service.ts"],
  ["electron/service/ok-c.ts", "../../shared/contract/index.ts"],
  ["electron/service/store/ok-a.ts", "../vault/index.ts"],
  ["electron/service/store/ok-b.ts", "./types.ts"],
  ["electron/service/store/ok-c.ts", "../vault/types.ts"],
  ["electron/service/store/ok-d.ts", "../../../shared/fhir/index.ts"],
  ["electron/service/store/ok-e.ts", "better-sqlite3-multiple-ciphers"],
  ["electron/service/store/migrations/ok-f.ts", "../types.ts"],
  ["electron/service/api/ok-a.ts", "../chart/index.ts"],
  ["electron/service/api/ok-b.ts", "../service.ts"],
  ["electron/service/api/ok-c.ts", "../enrol/index.ts"],
  ["electron/service/enrol/ok-a.ts", "../his/index.ts"],
  ["electron/service/sync/ok-a.ts", "node:zlib"],
  ["tools/start/ok-a.ts", "../../electron/service/compose.ts"],
];

const house = mkdtempSync(join(tmpdir(), "amanah-layers-"));
const reported = new Set<string>();

beforeAll(() => {
  for (const [file, imports] of [...forbidden, ...allowed]) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), `import { x } from "${imports}";\nexport const y = x;\n`);
  }
  mkdirSync(join(house, "out"));
  writeFileSync(
    join(house, "out", "oxlintrc.json"),
    JSON.stringify(lintConfig({ plugins: [], categories: {}, ignorePatterns: [], overrides: [] })),
  );
  const oxlint = resolve("node_modules", "oxlint", "bin", "oxlint");
  const run = spawnSync(process.execPath, [oxlint, "-c", "out/oxlintrc.json", "-f", "json", "."], {
    cwd: house,
    encoding: "utf8",
  });
  const report = JSON.parse(run.stdout) as { diagnostics: { filename: string; code: string }[] };
  for (const { filename, code } of report.diagnostics) {
    if (code.includes("no-restricted-imports")) reported.add(filename.replaceAll("\\", "/"));
  }
});
afterAll(() => rmSync(house, { recursive: true }));

test.each(forbidden)("%s may not import %s", (file) => {
  expect(reported).toContain(file);
});

test.each(allowed)("%s may import %s", (file) => {
  expect(reported).not.toContain(file);
});
