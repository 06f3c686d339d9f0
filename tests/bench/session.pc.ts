import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FromShell, ToShell } from "./session.shell.ts";

type Kind = FromShell["kind"];
type Of<K extends Kind> = Extract<FromShell, { kind: K }>;

/** Longer than anything measured here can take; only a fault waits so long. */
const PATIENCE_MS = 60_000;

/** Where the bundles of one run of the benchmark are. */
export interface Built {
  readonly shell: string;
  readonly badge: string;
  readonly page: string;
}

export interface BenchPc {
  readonly pid: number;
  readonly link: string;
  /** The next message of this kind after `mark`; rejects when the shell has ended. */
  next<K extends Kind>(kind: K, mark: number): Promise<Of<K>>;
  /** The session left `open`; the link opens a fresh page. */
  onLocked(listener: (link: string) => void): void;
  /** Stands for "after everything that was said so far". */
  mark(): number;
  ask<K extends "facts" | "zeroed">(message: ToShell & { kind: K }): Promise<Of<K>>;
  stop(): Promise<void>;
}

/** A fresh PC that has never seen its HIS: data folder, shell and badge process of its own. */
export async function startPc(
  folder: string,
  built: Built,
  policy: object,
  environment: NodeJS.ProcessEnv,
): Promise<BenchPc> {
  mkdirSync(folder, { recursive: true });
  const policyFile = join(folder, "policy.json");
  writeFileSync(policyFile, JSON.stringify(policy));
  const args = ["--data-dir", join(folder, "ward"), "--policy", policyFile];
  const child = fork(built.shell, [...args, "--page", built.page, "--badge", built.badge], {
    stdio: ["ignore", 2, 2, "ipc"],
    execArgv: ["--import", new URL("session.kdf.ts", import.meta.url).href],
    env: environment,
  });
  const said: FromShell[] = [];
  let ended = false;
  child.on("message", (message: FromShell) => said.push(message));
  child.once("exit", () => {
    ended = true;
  });

  // Woken by what is said: who asks every two milliseconds takes a tenth of a processor from what is measured.
  const { promise: gone, reject: end } = Promise.withResolvers<never>();
  gone.catch(() => undefined);
  child.once("exit", () => end(new Error("the shell under measurement has ended")));

  async function next<K extends Kind>(kind: K, mark: number): Promise<Of<K>> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const found = said.find((one, index): one is Of<K> => index >= mark && one.kind === kind);
      if (found !== undefined) return found;
      await Promise.race([once(child, "message", { signal }), gone]).catch((error: unknown) => {
        throw signal.aborted ? new Error(`the shell said no "${kind}"`) : error;
      });
    }
  }
  const { link } = await next("link", 0);
  return {
    pid: child.pid ?? 0,
    link,
    next,
    onLocked(listener) {
      child.on("message", (message: FromShell) => {
        if (message.kind === "locked") listener(message.link);
      });
    },
    mark: () => said.length,
    async ask(message) {
      const mark = said.length;
      child.send(message);
      return next(message.kind, mark);
    },
    async stop() {
      if (ended) return;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
    },
  };
}
