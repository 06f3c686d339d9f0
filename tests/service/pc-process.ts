import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { childProgram } from "../../electron/service/testing/child-program.ts";
import type { ServiceClient } from "../../tools/smoke/workstation.ts";
import type { Scene } from "./ward-pc.ts";

/** A ward PC in a process of its own. */
export interface PcProcess {
  readonly client: ServiceClient;
  readonly dataDir: string;
  /** SIGKILL: nothing is flushed, nothing is said. */
  kill(): Promise<void>;
  /** Ends it as a fault of its own would; gives the signal it died of. */
  crash(): Promise<string | null>;
  stop(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly answer?: unknown;
  readonly error?: { message: string; code?: unknown; data?: unknown };
}

/** Starts a PC like `scene.pc`, in its own process; `environment`: with another keychain than this test's. */
export async function forkPc(
  scene: Scene,
  name: string,
  { environment = process.env, cwd }: { environment?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<PcProcess> {
  const policy = { ...scene.his.policyFor(name), sync: { intervalSeconds: 1 } };
  const folder = join(scene.folder, name);
  const child = fork(childProgram("pc-child"), [folder, JSON.stringify(policy)], {
    serialization: "advanced",
    execArgv: [],
    env: environment,
    cwd,
  });
  const calls = new Map<number, (answer: Answer) => void>();
  let calling = 0;
  const ended = once(child, "exit");
  // A call to a PC that is killed has no answer any more.
  void ended.then(() => {
    for (const [id, answer] of calls) answer({ id, error: { message: "the PC was killed" } });
  });
  const ready = once(child, "message");
  await Promise.race([ready, ended]);
  child.on("message", (message: Answer) => {
    const { id } = message;
    if (id === undefined) return;
    calls.get(id)?.(message);
    calls.delete(id);
  });
  const call = (path: readonly string[], input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = (calling += 1);
      calls.set(id, ({ answer, error }) => {
        if (error === undefined) resolve(answer);
        else reject(Object.assign(new Error(error.message), error));
      });
      child.send({ id, path, input }, (failed) => failed && reject(failed));
    });
  return {
    client: clientOver(call, []) as ServiceClient,
    dataDir: join(folder, "ward"),
    async kill() {
      await killed(child, ended);
    },
    async crash() {
      child.kill("SIGSEGV");
      await ended;
      return child.signalCode;
    },
    async stop() {
      await call(["stop"], {});
      await killed(child, ended);
    },
  };
}

async function killed(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

function clientOver(
  call: (path: readonly string[], input: unknown) => Promise<unknown>,
  path: readonly string[],
): unknown {
  return new Proxy((input: unknown) => call(path, input), {
    get: (_target, name) =>
      // Not a promise: an `await` of the client itself must not become a call.
      name === "then" ? undefined : clientOver(call, [...path, String(name)]),
  });
}
