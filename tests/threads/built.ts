import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";

const SOURCE = /\/electron\/service\/threads\/([a-z-]+)\.ts$/u;

/**
 * From now on this process starts the service's threads from their bundle, as they ship: a ward PC starts eight of them, and
 * each would read a hundred source files first. {@link import("./build.ts")} makes the bundle. `execArgv`: for each thread.
 */
export function useBuiltThreads(execArgv?: readonly string[]): void {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file: string | URL, options?: threads.WorkerOptions) {
      super(built(file), {
        ...options,
        ...(execArgv !== undefined && { execArgv: [...execArgv] }),
      });
    }
  };
  syncBuiltinESMExports();
}

function built(file: string | URL): string | URL {
  const name = SOURCE.exec(String(file))?.[1];
  return name === undefined ? file : new URL(`../../out/service/${name}.js`, import.meta.url);
}
