import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { check } from "./check.ts";
import { build, ensureBuilt } from "./build.ts";
import { node, tool, type Output } from "./run.ts";
import { add, byExitCode, nothing, type Tally } from "./tally.ts";

const REPORTS = join("out", "reports");

export async function checkSuite(): Promise<Tally> {
  const { passed, failed } = await check();
  return {
    passed: passed.length,
    failed: failed.length,
    skipped: [],
    named: failed.map((name) => `failed: check, ${name}`),
  };
}

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numFailedTestSuites: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Vitest with one of the configurations of `build/`. `args` narrow it down. */
export async function vitest(
  config: string,
  args: readonly string[],
  output: Output = "show",
): Promise<Tally> {
  const report = freshReport(`${config}.json`);
  const { code } = await node(
    [
      tool("vitest"),
      "run",
      "-c",
      `build/${config}.config.ts`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      "--passWithNoTests",
      ...args,
    ],
    { output },
  );
  const parsed = VitestReport.safeParse(readReport(report));
  if (!parsed.success) return { ...nothing, failed: 1 };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = parsed.data;
  return {
    passed: numPassedTests,
    // A file that cannot be loaded has no failed test and fails all the same.
    failed: Math.max(numFailedTests, code === 0 ? 0 : 1),
    named: testResults.filter(({ status }) => status === "failed").flatMap(failuresOf),
    skipped:
      numPendingTests === 0
        ? []
        : [{ count: numPendingTests, why: `${config}: tests marked as skipped` }],
  };
}

function failuresOf(file: z.infer<typeof VitestReport>["testResults"][number]): string[] {
  const path = relative(process.cwd(), file.name);
  const failed = file.assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0) return [`failed: ${path} could not be run`];
  return failed.map(({ fullName }) => `failed: ${fullName} (${path})`);
}

const PlaywrightTest = z.object({
  projectName: z.string(),
  status: z.enum(["expected", "unexpected", "flaky", "skipped"]),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })),
});
const PlaywrightSuite = z.object({
  specs: z.array(z.object({ title: z.string(), file: z.string(), tests: z.array(PlaywrightTest) })),
  get suites() {
    return z.array(PlaywrightSuite).optional();
  },
});
const PlaywrightReport = z.object({
  suites: z.array(PlaywrightSuite),
  errors: z.array(z.unknown()),
});

/**
 * Which journeys are asked for, as Playwright's arguments: with nothing said those that are not marked `@long`; with `--long` all of
 * them; whoever names some gets what she names.
 */
export function journeysAsked(given: readonly string[]): string[] {
  return given.length === 0 ? ["--grep-invert=@long"] : withoutLong(given, "E2E_LONG");
}

/** The journeys of `tests/e2e`, in every shell there is; `--long` looks at every screen in every language and theme. */
export async function journeys(given: readonly string[]): Promise<Tally> {
  const args = journeysAsked(given);
  if ((await ensureBuilt()) !== 0) return { ...nothing, failed: 1 };
  const report = freshReport("journeys.json");
  const { code } = await node(
    [
      tool("playwright", "@playwright/test"),
      "test",
      "-c",
      "build/playwright.config.ts",
      "--reporter=list,json",
      ...args,
    ],
    { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(process.cwd(), report) } },
  );
  const parsed = PlaywrightReport.safeParse(readReport(report));
  if (!parsed.success) return { ...nothing, failed: 1 };
  const tests = parsed.data.suites.flatMap(testsOf);
  const reasons = new Map<string, number>();
  for (const { projectName, annotations } of tests.filter(({ status }) => status === "skipped")) {
    const why = annotations.find(({ type }) => type === "skip")?.description ?? "no reason given";
    reasons.set(`${projectName}: ${why}`, (reasons.get(`${projectName}: ${why}`) ?? 0) + 1);
  }
  const failed = tests.filter(({ status }) => status === "unexpected").length;
  const told = { unexpected: "failed", flaky: "passed at the second try" } as const;
  return {
    passed: tests.filter(({ status }) => status === "expected" || status === "flaky").length,
    named: tests.flatMap(({ status, title, file, projectName }) =>
      status === "unexpected" || status === "flaky"
        ? [`${told[status]}: ${title} (${file}, ${projectName})`]
        : [],
    ),
    failed: Math.max(failed, code === 0 && parsed.data.errors.length === 0 ? 0 : 1),
    skipped: [...reasons].map(([why, count]) => ({ why, count })),
  };
}

type Journey = z.infer<typeof PlaywrightTest> & { readonly title: string; readonly file: string };

function testsOf(suite: z.infer<typeof PlaywrightSuite>): Journey[] {
  return [
    ...suite.specs.flatMap(({ title, file, tests }) =>
      tests.map((one) => ({ ...one, title, file })),
    ),
    ...(suite.suites ?? []).flatMap(testsOf),
  ];
}

const SUM = /^(\d+) passed, (\d+) failed, (\d+) skipped$/u;

/**
 * A script of its own. Its last line may be a sum like ours, with the reason of a skip above it; otherwise it answers by
 * its exit code, and its last line is the reason when it skips.
 */
export async function script(
  path: string,
  args: readonly string[],
  name: string,
  output: Output = "capture",
): Promise<Tally> {
  if (!existsSync(path))
    return { ...nothing, skipped: [{ count: 1, why: `${name}: not written yet` }] };
  const { code, stdout } = await node([path, ...args], { output });
  const lines = stdout.trimEnd().split("\n");
  const sum = SUM.exec(lines.at(-1) ?? "");
  if (sum === null) return byExitCode(code, `${name}: ${lines.at(-1) ?? "no reason given"}`);
  const [passed = 0, failed = 0, skips = 0] = sum.slice(1).map(Number);
  return {
    passed,
    failed: Math.max(failed, code === 0 || code === 77 ? 0 : 1),
    skipped:
      skips === 0 ? [] : [{ count: skips, why: `${name}: ${lines.at(-2) ?? "no reason given"}` }],
  };
}

/** The client against every server it may meet, or the one in `FHIR_BASE_URL`; `--long` asks all of them, and for more. */
export async function zoo(args: readonly string[], output: Output = "show"): Promise<Tally> {
  return await vitest("zoo", withoutLong(args, "ZOO_LONG"), output);
}

/** What lies beside the code, and whole services; `--long` leaves no step of a kill out. */
export async function unit(args: readonly string[]): Promise<Tally> {
  return await vitest("vitest", withoutLong(args, "UNIT_LONG"));
}

/** Tests hear of `--long` by their environment. */
function withoutLong(args: readonly string[], variable: string): string[] {
  if (args.includes("--long")) process.env[variable] = "1";
  return args.filter((arg) => arg !== "--long");
}

type Suite = readonly [name: string, run: () => Promise<Tally>];

/** Each keeps all processors busy: one after the other. */
const WIDE: readonly Suite[] = [
  ["check", checkSuite],
  ["build", async () => byExitCode(await build(), "build")],
  ["unit", () => unit([])],
  ["journeys", () => journeys([])],
];

/** Each does one thing after the other: two at a time, the longest first. */
const NARROW: readonly Suite[] = [
  ["faults", () => script("tests/faults/run.ts", ["--kills", "200"], "faults", "whole")],
  ["zoo", () => zoo([], "whole")],
  ["interop", () => script("tests/interop/run.ts", [], "interop", "whole")],
  ["attack", () => vitest("attack", [], "whole")],
  ["smoke", () => script("tools/smoke/index.ts", ["--json"], "smoke", "whole")],
];

/** Everything; a suite that fails does not keep the next from telling. */
export async function everything(): Promise<Tally> {
  const tallies: Tally[] = [];
  const lane = async (suites: Suite[]): Promise<void> => {
    for (let next = suites.shift(); next !== undefined; next = suites.shift())
      tallies.push(await timed(next));
  };
  await lane([...WIDE]);
  const narrow = [...NARROW];
  await Promise.all([lane(narrow), lane(narrow)]);
  return tallies.reduce(add, nothing);
}

async function timed([name, run]: Suite): Promise<Tally> {
  console.log(`\n── ${name} ${"─".repeat(60 - name.length)}`);
  const from = performance.now();
  const result = await run().catch((error: unknown) => brokenSuite(name, error));
  const seconds = Math.round((performance.now() - from) / 1000);
  const unnamed = result.failed > 0 && (result.named ?? []).length === 0;
  return [
    { ...nothing, took: [{ suite: name, seconds }] },
    { ...nothing, named: unnamed ? [`failed: ${name}, see above`] : [] },
  ].reduce(add, result);
}

function brokenSuite(name: string, error: unknown): Tally {
  console.error(`${name} could not be run:`, error);
  return { ...nothing, failed: 1 };
}

function freshReport(name: string): string {
  mkdirSync(REPORTS, { recursive: true });
  const file = join(REPORTS, name);
  rmSync(file, { force: true });
  return file;
}

function readReport(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}
