import { HisError, type Carry } from "../his/index.ts";
import type { HisThread } from "../threads/his-thread.ts";
import { startThread, type Thread } from "./threads.ts";

export interface HisLine {
  readonly carry: Carry;
  /** Ends its connections; calls in flight and later ones fail as `unreachable`. */
  close(): Promise<void>;
}

/**
 * HTTP with the HIS on a thread of its own, so that a lock need not wait for pages that come. Started by the first call; one
 * that died fails what it was at, and the next call starts another.
 */
export function createHisLine(
  ca: readonly string[] | null,
  start = async (): Promise<Thread<HisThread>> =>
    (await startThread<HisThread>("his-thread", { ca })).thread,
): HisLine {
  let thread: Promise<Thread<HisThread>> | null = null;
  let calls = 0;
  let closed = false;

  async function ask<T>(work: (remote: Thread<HisThread>) => Promise<T>): Promise<T> {
    if (closed) throw unreachable("this PC is being stopped");
    const mine = (thread ??= start());
    try {
      return await work(await mine);
    } catch (error) {
      if (error instanceof HisError) throw error;
      if (thread === mine) thread = null;
      await mine.then((dead) => dead.terminate()).catch(() => undefined);
      throw unreachable("this PC's line to it failed");
    }
  }

  return {
    carry: (call, signal) =>
      ask(async (remote) => {
        const number = (calls += 1);
        const giveUp = (): void => void remote.giveUp(number).catch(() => undefined);
        // In this order: an answer to a call that was given up before it was made is not waited for.
        if (signal.aborted) throw unreachable("it was given up");
        signal.addEventListener("abort", giveUp);
        try {
          const told = await remote.carry(number, call);
          if ("failure" in told) throw new HisError(told.failure);
          const { status, headers, bytes } = told;
          return { status, bytes, headers: { get: (name) => headers[name] ?? null } };
        } finally {
          signal.removeEventListener("abort", giveUp);
        }
      }),
    async close() {
      closed = true;
      await thread?.then((one) => one.terminate()).catch(() => undefined);
    },
  };
}

function unreachable(detail: string): HisError {
  return new HisError({ kind: "unreachable", detail });
}
