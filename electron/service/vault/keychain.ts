import { Entry, type EntryOptions } from "@napi-rs/keyring";
import type { BlockingKeychain, KeychainErrorCode, KeychainName } from "./types.ts";

/** The OS keychain cannot be used. Nothing was written anywhere else, and nothing may be. */
export class KeychainError extends Error {
  override readonly name = "KeychainError";
  readonly code: KeychainErrorCode;
  constructor(code: KeychainErrorCode, options?: ErrorOptions) {
    super(
      code === "keychain-locked"
        ? "the OS keychain is locked: unlock it at logon, then start again"
        : code === "keychain-silent"
          ? "the OS keychain does not answer: it may be waiting for somebody to unlock it"
          : "no OS keychain answers: a Secret Service must run for this OS account",
      options,
    );
    this.code = code;
  }
}

/**
 * SECURITY: left to itself the library falls back to the kernel's keyring where no Secret Service runs. That one is
 * empty after a reboot, which would look like a first start; so the store is pinned, and its absence is an error.
 */
const options: EntryOptions = { linux: { store: "secret-service" } };

/** Written and removed to learn whether the keychain really answers; never holds a secret. */
const PROBE = "probe";

export function keychainBackend(platform: NodeJS.Platform): string {
  if (platform === "win32") return "Windows Credential Manager";
  return platform === "darwin" ? "macOS Keychain" : "Secret Service";
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // D-Bus says of a silence, among other things, that the reply may have been "blocked": that is not "locked".
    const silent = /not receive a reply|timed? ?out/iu.test(text);
    const locked = /\blocked\b|prompt|cancel|interaction/iu.test(text);
    const code = silent ? "keychain-silent" : locked ? "keychain-locked" : "keychain-missing";
    throw new KeychainError(code, { cause: error });
  }
}

/**
 * The OS keychain as this profile sees it, under the service name `amanah/<profile>`. Calls block until the OS answers,
 * for minutes if it waits for somebody: `threads/keychain-thread` is where it runs. Every verb throws {@link KeychainError} when the keychain is locked or absent.
 */
export function openBlockingKeychain(profile: string): BlockingKeychain {
  const service = `amanah/${profile}`;
  /** Each is a connection of its own to the bus, and ends when the collector takes it: they are made once, not at each call. */
  const entries = new Map<string, Entry>();
  const entry = (name: string): Entry => {
    const known = entries.get(name) ?? new Entry(service, name, options);
    entries.set(name, known);
    return known;
  };
  /** A Secret Service that was started again knows nobody of before: what fails is asked once more, from new. */
  function ask<T>(work: () => T): T {
    if (entries.size === 0) return explained(work);
    try {
      return explained(work);
    } catch (error) {
      entries.clear();
      if (error instanceof KeychainError && error.code === "keychain-missing")
        return explained(work);
      throw error;
    }
  }

  return {
    get(name: KeychainName) {
      return ask(() => {
        const secret = entry(name).getSecret();
        if (secret !== null) return Uint8Array.from(secret);
        // SECURITY: a Secret Service without a collection, or a locked one, also answers "nothing found". Only a
        // keychain that can be written may say that an entry does not exist; else a key might be minted over a cache.
        entry(PROBE).setSecret(Uint8Array.of(1));
        entry(PROBE).deleteCredential();
        return null;
      });
    },
    set(name, secret) {
      ask(() => {
        entry(name).setSecret(secret);
      });
    },
    delete(name) {
      ask(() => entry(name).deleteCredential());
    },
  };
}
