import { Worker } from "node:worker_threads";
import { connectThread, type Remote } from "../store/index.ts";

export type ThreadName =
  | "journal-thread"
  | "chart-thread"
  | "reader-thread"
  | "salvage-thread"
  | "keychain-thread"
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

/**
 * Starts a thread and waits until its files are open. The keys in `data` are moved to the thread: this side keeps no copy.
 * Answers the thread and what its `ready` said.
 * @throws StoreError with the store's code when a file does not open; the thread is gone then.
 */
export async function startThread<T extends Opening>(
  name: ThreadName,
  data: Readonly<Record<string, unknown>>,
): Promise<{ thread: Thread<T>; ready: Awaited<ReturnType<T["ready"]>> }> {
  const keys = Object.values(data).filter((value) => value instanceof Uint8Array);
  const worker = new Worker(fileOf(name), {
    workerData: data,
    transferList: keys.map(({ buffer }) => buffer as ArrayBuffer),
    name,
    // A thread takes none of the loaders its process was started with (a test double of Electron's, for one).
    execArgv: [],
  });
  const thread = connectThread<T>(worker);
  try {
    const opening = thread as unknown as Remote<Opening>;
    return { thread, ready: (await opening.ready()) as Awaited<ReturnType<T["ready"]>> };
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}

/** A copy that can be moved to a thread without emptying the original. */
export function copied(key: Uint8Array): Uint8Array {
  return Uint8Array.from(key);
}
