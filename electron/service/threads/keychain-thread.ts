import { parentPort, workerData } from "node:worker_threads";
import { serveThread } from "../store/index.ts";
import { KeychainError, openBlockingKeychain, type KeychainName } from "../vault/index.ts";
import type { KeychainErrorCode } from "../vault/index.ts";

/** What an answer of the keychain looks like between threads: a refusal is a value, so that its code survives. */
export type KeychainAnswer<T> =
  | { readonly value: T }
  | { readonly code: KeychainErrorCode; readonly said: string };

/** The OS keychain's calls block, so that they have a thread to block. */
export interface KeychainThread {
  ready(): void;
  get(name: KeychainName): KeychainAnswer<Uint8Array | null>;
  set(name: KeychainName, secret: Uint8Array): KeychainAnswer<null>;
  delete(name: KeychainName): KeychainAnswer<null>;
}

if (parentPort === null) throw new Error("the keychain's thread is a worker");
const keychain = openBlockingKeychain((workerData as { readonly profile: string }).profile);

function answered<T>(work: () => T): KeychainAnswer<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof KeychainError) return { code: error.code, said: error.message };
    throw error;
  }
}

serveThread(parentPort, {
  ready: () => undefined,
  get: (name) => answered(() => keychain.get(name)),
  set: (name, secret) =>
    answered(() => {
      keychain.set(name, secret);
      // SECURITY: P1. This thread's copy of a secret does not outlive the call.
      secret.fill(0);
      return null;
    }),
  delete: (name) =>
    answered(() => {
      keychain.delete(name);
      return null;
    }),
} satisfies KeychainThread);
