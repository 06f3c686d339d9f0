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
  const entry = (name: string): Entry => new Entry(service, name, options);
  return {
    get(name: KeychainName) {
      return explained(() => {
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
      explained(() => {
        entry(name).setSecret(secret);
      });
    },
    delete(name) {
      explained(() => entry(name).deleteCredential());
    },
  };
}
