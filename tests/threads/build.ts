import { ensureBuilt } from "../../tools/commands/build.ts";

/** Before all test files: the bundles are those of today's sources. */
export async function setup(): Promise<void> {
  if ((await ensureBuilt()) !== 0) throw new Error("the bundles could not be made: see above");
}
