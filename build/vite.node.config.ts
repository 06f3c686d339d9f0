import { builtinModules } from "node:module";
import { defineConfig } from "vite";

// Native addons carry their binaries in their own packages and are required from node_modules.
const native = [
  "electron",
  "better-sqlite3-multiple-ciphers",
  "@napi-rs/keyring",
  "@node-rs/argon2",
];

const inputs: Record<string, Record<string, string>> = {
  main: { index: "electron/main/index.ts" },
  preload: { index: "electron/preload/index.ts" },
  service: {
    index: "electron/service/index.ts",
    "journal-thread": "electron/service/threads/journal-thread.ts",
    "chart-thread": "electron/service/threads/chart-thread.ts",
    "reader-thread": "electron/service/threads/reader-thread.ts",
    "salvage-thread": "electron/service/threads/salvage-thread.ts",
  },
};

/** One build a process: `--mode main | preload | service`. */
export default defineConfig(({ mode }) => ({
  ssr: { noExternal: true, external: native },
  build: {
    ssr: true,
    target: "node24",
    outDir: `out/${mode}`,
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: inputs[mode] ?? {},
      external: [...native, /^node:/, ...builtinModules],
      output:
        mode === "preload"
          ? { format: "cjs" as const, entryFileNames: "[name].cjs" }
          : { format: "es" as const, entryFileNames: "[name].js" },
    },
  },
}));
