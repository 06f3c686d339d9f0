import { builtinModules } from "node:module";
import { defineConfig } from "vite";
import { CHILDREN } from "../electron/service/testing/child-program.ts";

// Native addons carry their binaries in their own packages and are required from node_modules.
const native = [
  "electron",
  "better-sqlite3-multiple-ciphers",
  "@napi-rs/keyring",
  "@node-rs/argon2",
  "koffi",
];

const threads = Object.fromEntries(
  [
    "journal-thread",
    "chart-thread",
    "reader-thread",
    "salvage-thread",
    "keychain-thread",
    "his-thread",
    "rekey-thread",
  ].map((name) => [name, `electron/service/threads/${name}.ts`]),
);

// Of its own, so that it is run before the chunks that the entries share.
const smallHeaps = { "small-heaps": "electron/service/small-heaps.ts" };

const inputs: Record<string, Record<string, string>> = {
  main: { index: "electron/main/index.ts" },
  preload: { index: "electron/preload/index.ts" },
  service: { ...smallHeaps, index: "electron/service/index.ts", ...threads },
  badge: { index: "electron/badge/index.ts" },
  // A development tool with the service inside: a folder of its own, so that no package takes it along.
  preview: { ...smallHeaps, index: "tools/preview/index.ts", ...threads },
  // Programs of the tests.
  children: {
    ...CHILDREN,
    // Also loaded into each thread of theirs, and nothing beside it.
    "die-at-commit": "tests/faults/die-at-commit.ts",
    ...threads,
  },
};

/** One build a process: `--mode main | preload | service | badge | preview | children`. */
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
      // What a door (`index.ts`) offers beside what is asked of it is left out, or every thread would carry the HIS client.
      treeshake: {
        moduleSideEffects: (id: string) => /\/node_modules\/|\/small-heaps\.ts$/u.test(id),
      },
      output:
        mode === "preload"
          ? { format: "cjs" as const, entryFileNames: "[name].cjs" }
          : {
              format: "es" as const,
              entryFileNames: "[name].js",
              // Beside the entries: the service finds its threads beside the file it is in itself.
              chunkFileNames: "[name]-[hash].js",
            },
    },
  },
}));
