import { isMainThread, type MessagePort, type Worker } from "node:worker_threads";
import { codeOf, StoreError } from "./errors.ts";
import type { Remote, StoreErrorCode } from "./types.ts";

/**
 * Calls by name over `worker_threads` messages. Errors keep their `code`. When the thread dies, what is pending rejects
 * and so does every later call: nobody waits for a dead thread.
 */
type Request = {
  readonly call: number;
  readonly name: string;
  readonly values: readonly unknown[];
};
type Answer =
  | { readonly call: number; readonly value: unknown }
  | {
      readonly call: number;
      readonly error: { readonly message: string; readonly code: string; readonly store: boolean };
    };

/** From this size on a byte array in an answer that owns all of its buffer is moved, not copied: it is the thread's own. */
const WORTH_MOVING = 16 * 1024;

/** Asks a thread to end itself between two of its turns. */
const END = { end: true } as const;
/** A thread that has not ended by then hangs, in a call of the OS say, and is ended whatever it is at. */
const PATIENCE_MS = 1_000;

// What a thread offers has arguments of its own; here they are only passed on.
type Handlers = Readonly<Record<string, (...values: never[]) => unknown>>;

/** The thread's side: answers calls with `handlers` until the port closes. */
export function serveThread(port: MessagePort, handlers: object): void {
  const offered = handlers as Handlers;
  port.on("message", (message: Request | typeof END) => {
    if (isEnd(message)) leave();
    else void answer(port, offered, message);
  });
}

function leave(): void {
  // In a worker this ends the thread, not the process.
  if (!isMainThread) process.exit();
}

/**
 * Ends a thread that serves as above. Not by `Worker.terminate`, which stops it at any point: one that is stopped while it
 * sets up a decompression takes the whole process down with it (Node's `close before init`).
 */
export async function endThread(worker: Worker): Promise<void> {
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  // Below zero: it has ended already.
  if (worker.threadId < 0) return;
  worker.postMessage(END);
  const late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
  await ended;
  clearTimeout(late);
}

/**
 * The same for a thread that opens something first. `data` is what it was started with; null: it stands ready beforehand,
 * without a key, and its first message brings it. What does not open is an answer too: `ready` rejects with the store's code.
 */
export function serveOpened<Data>(
  port: MessagePort,
  data: Data | null,
  open: (data: Data) => object,
): void {
  const serve = (given: Data): void =>
    serveThread(
      port,
      orWhyNot(() => open(given)),
    );
  if (data !== null) serve(data);
  else
    port.once("message", (given: Data | typeof END) => {
      if (isEnd(given)) leave();
      else serve(given);
    });
}

function isEnd(given: unknown): given is typeof END {
  return typeof given === "object" && given !== null && "end" in given;
}

function orWhyNot(open: () => object): object {
  try {
    return open();
  } catch (error) {
    return {
      ready: () => {
        throw error;
      },
    };
  }
}

async function answer(port: MessagePort, handlers: Handlers, request: Request): Promise<void> {
  const { call, name, values } = request;
  try {
    // SECURITY: own functions only; nothing that every object inherits can be called.
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (typeof handler !== "function") throw new StoreError("other", `no such call: ${name}`);
    const value = await handler(...(values as never[]));
    port.postMessage({ call, value } satisfies Answer, buffersIn([value], WORTH_MOVING));
  } catch (error) {
    const message = error instanceof Error ? error.message : "failed";
    const told = { message, code: codeOf(error), store: error instanceof StoreError };
    port.postMessage({ call, error: told } satisfies Answer);
  }
}

export interface ConnectOptions<T> {
  /**
   * Calls whose byte arrays are given up: moved, so that this side keeps no copy (a key). They are empty here afterwards,
   * and the thread zeroes them after use.
   */
  readonly handOver?: readonly (keyof T & string)[];
}

/** The event loop's side of a worker that calls {@link serveThread}. */
export function connectThread<T extends object>(
  worker: Worker,
  options: ConnectOptions<T> = {},
): Remote<T> & { terminate(): Promise<void> } {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const handOver = new Set<string>(options.handOver);
  let calls = 0;
  let dead: StoreError | null = null;

  const die = (error: StoreError): void => {
    dead ??= error;
    for (const { reject } of pending.values()) reject(dead);
    pending.clear();
  };
  worker.on("message", (told: Answer) => {
    const waiting = pending.get(told.call);
    pending.delete(told.call);
    if (waiting === undefined) return;
    if ("error" in told) waiting.reject(errorFrom(told.error));
    else waiting.resolve(told.value);
  });
  worker.on("error", (error) =>
    die(new StoreError("other", `the thread failed: ${codeOf(error) || error.name}`)),
  );
  worker.on("messageerror", () =>
    die(new StoreError("other", "an answer of the thread could not be read")),
  );
  worker.on("exit", (code) => die(new StoreError("other", `the thread has ended (${code})`)));

  const call = (name: string, values: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead !== null) {
        reject(dead);
        return;
      }
      calls++;
      pending.set(calls, { resolve, reject });
      try {
        const request: Request = { call: calls, name, values };
        worker.postMessage(request, handOver.has(name) ? buffersIn(values, 0) : []);
      } catch (error) {
        pending.delete(calls);
        reject(
          error instanceof Error ? error : new StoreError("other", "the call could not be sent"),
        );
      }
    });

  const known = new Map<string, (...values: readonly unknown[]) => Promise<unknown>>();
  const terminate = (): Promise<void> => endThread(worker);
  const remote = new Proxy(Object.freeze({ terminate }), {
    get: (own, name) => {
      // `then` is not a call: an awaited remote would otherwise hang for ever.
      if (typeof name !== "string" || name === "then") return undefined;
      if (name === "terminate") return own.terminate;
      let method = known.get(name);
      if (method === undefined) known.set(name, (method = (...values) => call(name, values)));
      return method;
    },
  });
  return remote as Remote<T> & { terminate(): Promise<void> };
}

function errorFrom(told: { message: string; code: string; store: boolean }): Error {
  if (told.store) return new StoreError(told.code as StoreErrorCode, told.message);
  const error = new Error(told.message);
  return told.code === "" ? error : Object.assign(error, { code: told.code });
}

// Buffers of byte arrays in plain objects and lists, if the array owns the whole buffer (a pooled one is shared).
function buffersIn(values: readonly unknown[], least: number): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown, depth: number): void => {
    if (value instanceof Uint8Array) {
      const { buffer } = value;
      if (
        buffer instanceof ArrayBuffer &&
        value.byteLength === buffer.byteLength &&
        value.byteLength >= least
      )
        found.add(buffer);
    } else if (depth < 4 && typeof value === "object" && value !== null) {
      for (const inner of Object.values(value)) visit(inner, depth + 1);
    }
  };
  visit(values, 0);
  return [...found];
}
