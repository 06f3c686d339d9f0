import { build, ensureBuilt } from "./build.ts";
import { bench } from "./bench.ts";
import { node, passSignalsOn, tool } from "./run.ts";
import { checkSuite, everything, journeys, script, unit, zoo } from "./suites.ts";
import { summary, type Tally } from "./tally.ts";

/** Every command behind `npm run`, on Node 24 with all of its set-up done. Gives the exit code. */
const commands: Record<string, (args: readonly string[]) => Promise<number>> = {
  start: (args) => built(() => run("tools/start/index.ts", args)),
  his: (args) => run("tools/start/his-process.ts", args),
  build,
  check: async () => ((await checkSuite()).failed === 0 ? 0 : 1),
  format: async () =>
    (await node([tool("oxfmt"), "electron", "renderer", "shared", "tools", "tests", "build"])).code,
  unit: (args) => told(unit(args)),
  e2e: (args) => told(journeys(args)),
  interop: (args) => told(script("tests/interop/run.ts", args, "interop")),
  faults: (args) => built(() => run("tests/faults/run.ts", args)),
  zoo: (args) => told(zoo(args)),
  attack: (args) => run("tests/attack/run.ts", args),
  smoke: (args) => run("tools/smoke/index.ts", args),
  bench,
  fleet: (args) => run("tools/fleet/index.ts", args),
  screens: (args) => built(() => run("tools/screens/index.ts", args)),
  verify: (args) => run("tools/verify/index.ts", args),
  recover: (args) => run("tools/recover/index.ts", args),
  control: (args) => run("tools/control/index.ts", args),
  package: (args) => built(() => run("tools/package/index.ts", args)),
  test: () => told(everything()),
};

async function run(file: string, args: readonly string[]): Promise<number> {
  return (await node([file, ...args])).code;
}

async function built(then: () => Promise<number>): Promise<number> {
  const code = await ensureBuilt();
  return code === 0 ? then() : code;
}

async function told(tally: Promise<Tally>): Promise<number> {
  const result = await tally;
  console.log(`\n${summary(result).join("\n")}`);
  return result.failed === 0 ? 0 : 1;
}

passSignalsOn();
const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  console.error(`Commands: ${Object.keys(commands).join(", ")}`);
  process.exit(64);
}
process.exit(await command(args));
