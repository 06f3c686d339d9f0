import { Worker } from "node:worker_threads";
import { connectThread, endThread, type ConnectOptions, type Remote } from "../store/index.ts";

export type ThreadName =
  | "journal-thread"
  | "chart-thread"
  | "reader-thread"
  | "salvage-thread"
  | "keychain-thread"
  | "his-thread"
  | "rekey-thread";

/** Beside this file's folder in the sources, beside the bundle when built. */
function fileOf(name: ThreadName): URL {
  return import.meta.url.endsWith(".ts")
    ? new URL(`../threads/${name}.ts`, import.meta.url)
    : new URL(`./${name}.js`, import.meta.url);
}

export type Thread<T> = Remote<T> & { terminate(): Promise<void> };

/** What a thread that {@link startThread} starts must answer first. */
interface Opening {
  ready(): unknown;
}

/** Threads that stand ready, so that nobody waits at a sign-in for their code to load. They hold no key and no file. */
export interface Spares {
  /** Sees to it that one of each stands ready. */
  lay(): void;
  take(name: ThreadName): Worker | null;
  /** No more of them. */
  dispose(): Promise<void>;
}

/** Of threads that serve by `serveOpened`. */
export function createSpares(names: readonly ThreadName[]): Spares {
  const ready = new Map<ThreadName, Worker>();
  let disposed = false;
  return {
    lay() {
      for (const name of names) {
        if (disposed || ready.has(name)) continue;
        const worker = launch(name, null, []);
        const forget = (): void => {
          if (ready.get(name) === worker) ready.delete(name);
        };
        worker.once("exit", forget).once("error", forget).unref();
        ready.set(name, worker);
      }
    },
    take(name) {
      const worker = ready.get(name) ?? null;
      ready.delete(name);
      worker?.ref();
      return worker;
    },
    async dispose() {
      disposed = true;
      await Promise.all([...ready.values()].map((worker) => endThread(worker)));
    },
  };
}

/**
 * Starts a thread, a spare one if there is, and waits until its files are open. The keys in `data` are moved to the thread:
 * this side keeps no copy. Answers the thread and what its `ready` said.
 * @throws StoreError with the store's code when a file does not open; the thread is gone then.
 */
export async function startThread<T extends Opening>(
  name: ThreadName,
  data: Readonly<Record<string, unknown>>,
  { spares, ...options }: ConnectOptions<T> & { readonly spares?: Pick<Spares, "take"> } = {},
): Promise<{ thread: Thread<T>; ready: Awaited<ReturnType<T["ready"]>> }> {
  const keys = Object.values(data)
    .filter((value) => value instanceof Uint8Array)
    .map(({ buffer }) => buffer as ArrayBuffer);
  const spare = spares?.take(name) ?? null;
  spare?.postMessage(data, keys);
  const worker = spare ?? launch(name, data, keys);
  const thread = connectThread<T>(worker, options);
  try {
    const opening = thread as unknown as Remote<Opening>;
    return { thread, ready: (await opening.ready()) as Awaited<ReturnType<T["ready"]>> };
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}

function launch(
  name: ThreadName,
  workerData: Readonly<Record<string, unknown>> | null,
  transferList: ArrayBuffer[],
): Worker {
  // A thread takes none of the loaders its process was started with (a test double of Electron's, for one).
  return new Worker(fileOf(name), { workerData, transferList, name, execArgv: [] });
}

/** A copy that can be moved to a thread without emptying the original. */
export function copied(key: Uint8Array): Uint8Array {
  return Uint8Array.from(key);
}
