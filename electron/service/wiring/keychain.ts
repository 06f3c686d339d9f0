import type { Remote } from "../store/index.ts";
import type { KeychainAnswer, KeychainThread } from "../threads/keychain-thread.ts";
import { KeychainError, keychainBackend, type Keychain } from "../vault/index.ts";
import { copied, startThread, type Thread } from "./threads.ts";

/** What a Secret Service may take that answers at all; one that asks somebody to unlock it takes minutes. */
const DEADLINE_MS = 10_000;

export interface KeychainOptions {
  /** Starts the thread; for tests. */
  readonly start?: (profile: string) => Promise<Thread<KeychainThread>>;
  readonly deadlineMs?: number;
}

/**
 * The OS keychain behind a thread and a deadline: a locked or hung keychain never hangs the service. After a silence the
 * thread is given up, and the next call starts a fresh one.
 */
export function openKeychain(profile: string, options: KeychainOptions = {}): Keychain {
  const start =
    options.start ??
    (async (name) =>
      (await startThread<KeychainThread>("keychain-thread", { profile: name })).thread);
  let thread: Promise<Thread<KeychainThread>> | null = null;
  // One verb at a time: two that block would only wait behind each other with their deadlines running.
  let turn: Promise<unknown> = Promise.resolve();

  function giveUp(): void {
    const silent = thread;
    thread = null;
    // Not awaited: a thread that blocks in the OS ends when the OS answers.
    silent?.then((one) => one.terminate()).catch(() => undefined);
  }

  async function ask<T>(
    question: (remote: Remote<KeychainThread>) => Promise<KeychainAnswer<T>>,
  ): Promise<T> {
    thread ??= start(profile);
    const answer = await withDeadline(thread.then(question), options.deadlineMs ?? DEADLINE_MS);
    if (answer === null) {
      giveUp();
      throw new KeychainError("keychain-silent");
    }
    if ("value" in answer) return answer.value;
    throw new KeychainError(answer.code, { cause: new Error(answer.said) });
  }

  function inTurn<T>(
    question: (remote: Remote<KeychainThread>) => Promise<KeychainAnswer<T>>,
  ): Promise<T> {
    const mine = turn.then(() => ask(question));
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    backend: keychainBackend(process.platform),
    get: (name) => inTurn((remote) => remote.get(name)),
    async set(name, secret) {
      await inTurn((remote) => remote.set(name, copied(secret)));
    },
    async delete(name) {
      await inTurn((remote) => remote.delete(name));
    },
    async close() {
      const open = thread;
      thread = null;
      if (open !== null) await (await open).terminate();
    },
  };
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
