import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { lintConfig } from "../../build/lint-layers.ts";
import { node, tool, type Ran } from "./run.ts";

const Base = z.looseObject({
  ignorePatterns: z.array(z.string()),
  overrides: z.array(
    z.object({ files: z.array(z.string()), rules: z.record(z.string(), z.unknown()) }),
  ),
});

/** Writes `.oxlintrc.json` and the table of layers as one file, because oxlint reads overrides from one place only. */
function writeLintConfig(): string {
  const base = Base.parse(JSON.parse(readFileSync(".oxlintrc.json", "utf8")));
  mkdirSync("out", { recursive: true });
  const file = join("out", "oxlintrc.json");
  writeFileSync(file, JSON.stringify(lintConfig(base), null, 2));
  return file;
}

/** Name of each check and how it is run, all at once; what fails is printed whole. */
export async function check(): Promise<{ passed: string[]; failed: string[] }> {
  const lint = writeLintConfig();
  const sources = ["electron", "renderer", "shared", "tools", "tests", "build"];
  const checks: Record<string, () => Promise<Ran>> = {
    types: () => node([tool("tsc", "typescript"), "-b"], { output: "hide" }),
    "lint and layers": () =>
      node([tool("oxlint"), "-c", lint, "--type-aware", "--deny-warnings", ...sources], {
        output: "hide",
      }),
    format: () => node([tool("oxfmt"), "--check", ...sources], { output: "hide" }),
    "dead code": () =>
      node([tool("knip"), "--include", "files,exports,unlisted,dependencies"], {
        output: "hide",
      }),
  };
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, run]) => {
      const { code, stdout } = await run();
      return { name, code, stdout };
    }),
  );
  for (const { name, code, stdout } of results) {
    console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name}`);
    if (code !== 0) console.log(stdout.trimEnd());
  }
  return {
    passed: results.filter(({ code }) => code === 0).map(({ name }) => name),
    failed: results.filter(({ code }) => code !== 0).map(({ name }) => name),
  };
}
