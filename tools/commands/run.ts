import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { leaveWithParent } from "../start/leave.ts";

const running = new Set<ChildProcess>();

/** Signals reach whatever is running; called once, by the dispatcher. */
export function passSignalsOn(): void {
  leaveWithParent(async () => {
    const last = [...running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of running) child.kill("SIGTERM");
    await Promise.all(last);
    process.exit(130);
  });
}

export interface Ran {
  readonly code: number;
  /** Empty unless `capture` was asked for. */
  readonly stdout: string;
}

/**
 * Where a child's output goes: `show` ours, `capture` ours and into the result, `aside` to stderr, `whole` ours and into the
 * result once it has ended, so that two children's lines do not mix.
 */
export type Output = "show" | "capture" | "aside" | "hide" | "whole";

/** Runs Node on a script with these arguments. */
export function node(
  args: readonly string[],
  options: { output?: Output; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const output = options.output ?? "show";
  const stdio: Record<Output, StdioOptions> = {
    show: "inherit",
    capture: ["inherit", "pipe", "inherit"],
    aside: ["inherit", 2, 2],
    hide: ["inherit", "pipe", "pipe"],
    whole: ["inherit", "pipe", "pipe"],
  };
  const child = spawn(process.execPath, [...args], {
    stdio: stdio[output],
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  let stdout = "";
  let all = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    all += chunk.toString();
    if (output === "capture") process.stdout.write(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    if (output === "hide") stdout += chunk.toString();
    all += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      if (output === "whole") process.stdout.write(all);
      resolve({ code: code ?? 1, stdout });
    });
  });
}

/** The script behind a package's command, so that it runs under this Node and not under the one on the PATH. */
export function tool(name: string, packageName: string = name): string {
  const require = createRequire(import.meta.url);
  const manifest = join(process.cwd(), "node_modules", packageName, "package.json");
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  const path = typeof bin === "string" ? bin : bin[name];
  if (path === undefined) throw new Error(`${packageName} has no command ${name}`);
  return join(dirname(manifest), path);
}
