import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { useSecretService } from "../start/secret-service.ts";
import { ensureBuilt } from "./build.ts";

const FOLDER = join("tests", "bench");

/**
 * `bench [--json] [name] [--option=value]`: runs `tests/bench/<name>.bench.ts` and `<name>-*.bench.ts`, or all of them, one
 * after the other. Each exports `bench<Name>()` (`guard-check` exports `benchGuardCheck`), which gives its figures; together
 * they are one flat object, the last line with `--json`.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const wanted = args.find((arg) => !arg.startsWith("--"));
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".bench.ts"));
  const names = files.map((file) => file.slice(0, -".bench.ts".length));
  const chosen = names.filter(
    (name) => wanted === undefined || name === wanted || name.startsWith(`${wanted}-`),
  );
  if (chosen.length === 0) {
    console.error(`No benchmark "${wanted ?? ""}". There are: ${names.join(", ")}`);
    return 64;
  }
  // What is measured is what ships.
  if ((await ensureBuilt()) !== 0) return 1;
  const keychain = await useSecretService(join("out", "bench-keyring"));
  Object.assign(process.env, keychain.environment);
  const figures: Record<string, number> = {};
  try {
    for (const name of chosen) {
      console.error(`Measuring ${name} …`);
      const found = await measure(name, args);
      // Said at once: a later one may be cut off.
      console.error(JSON.stringify(found));
      Object.assign(figures, found);
    }
  } finally {
    keychain.close();
  }
  if (args.includes("--json")) console.log(JSON.stringify(figures));
  else
    for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(36)} ${value}`);
  return 0;
}

/** A benchmark takes of the options what it knows. */
async function measure(name: string, args: readonly string[]): Promise<Record<string, number>> {
  const module: unknown = await import(pathToFileURL(resolve(FOLDER, `${name}.bench.ts`)).href);
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const exported = `bench${words.join("")}`;
  const run = z.looseObject({
    [exported]: z.custom<(args: readonly string[]) => Promise<unknown>>(
      (value) => typeof value === "function",
    ),
  });
  const measured = run.parse(module)[exported];
  return z.record(z.string(), z.number()).parse(await measured?.(args));
}
