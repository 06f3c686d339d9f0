import { fileURLToPath } from "node:url";

/**
 * A program of the tests that is started, and mostly killed, by the hundred: from its bundle (`build/vite.node.config.ts`,
 * mode `children`), because read from source it would load for longer than it lives.
 */
export function childProgram(name: ChildName): string {
  return fileURLToPath(new URL(`../../../out/children/${name}.js`, import.meta.url));
}

export type ChildName =
  | "generation-child"
  | "keys-child"
  | "pc-child"
  | "pin-change-child"
  | "sync-child"
  | "writer";
