import { fileURLToPath } from "node:url";

/**
 * A program of the tests that is started, and mostly killed, by the hundred: from its bundle (`build/vite.node.config.ts`,
 * mode `children`), because read from source it would load for longer than it lives.
 */
export function childProgram(name: ChildName): string {
  return fileURLToPath(new URL(`../../../out/children/${name}.js`, import.meta.url));
}

export type ChildName = keyof typeof CHILDREN;

/** Where each is read from, from the root. */
export const CHILDREN = {
  "generation-child": "electron/service/testing/generation-child.ts",
  "keys-child": "electron/service/testing/keys-child.ts",
  "pin-change-child": "electron/service/wiring/pin-change-child.ts",
  "pc-child": "tests/service/pc-child.ts",
  "sync-child": "tests/faults/sync-child.ts",
  writer: "tests/faults/writer.ts",
} as const;
