import { existsSync, readdirSync, statSync, utimesSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { node, tool } from "./run.ts";

const STAMP = join("out", ".built");
const SOURCES = [
  "electron",
  "tools/preview",
  "tools/start",
  "renderer",
  "shared",
  "tests/faults",
  "tests/service/pc-child.ts",
  "tests/threads",
  "tools/smoke",
  "build",
  "package-lock.json",
];

/** Builds the bundles; 0 when all are well. Vite talks on stderr. */
export async function build(): Promise<number> {
  const vite = tool("vite");
  const builds = [
    ["-c", "build/vite.page.config.ts"],
    ...["main", "preload", "service", "badge", "preview", "children"].map((mode) => [
      "-c",
      "build/vite.node.config.ts",
      "--mode",
      mode,
    ]),
  ];
  const started = new Date();
  const codes = await Promise.all(
    builds.map(
      async (args) =>
        (
          await node([vite, "build", "--logLevel", "warn", ...args], {
            output: "aside",
            // Built by whoever needs it first: under Vitest's own `test` React would be its much slower development form.
            env: { NODE_ENV: "production" },
          })
        ).code,
    ),
  );
  const code = Math.max(...codes);
  if (code === 0) {
    mkdirSync("out", { recursive: true });
    writeFileSync(STAMP, "");
    // What was changed while it built is newer than the stamp.
    utimesSync(STAMP, started, started);
  }
  return code;
}

/** Builds if a source is newer than the last build. */
export async function ensureBuilt(): Promise<number> {
  if (existsSync(STAMP) && newest() <= statSync(STAMP).mtimeMs) return 0;
  console.error("Building …");
  return build();
}

function newest(): number {
  const files = SOURCES.flatMap((source) =>
    statSync(source).isDirectory()
      ? readdirSync(source, { recursive: true, encoding: "utf8" }).map((name) => join(source, name))
      : [source],
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
