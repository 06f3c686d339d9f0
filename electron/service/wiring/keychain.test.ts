import { expect, test } from "vitest";
import type { Thread } from "./threads.ts";
import type { KeychainThread } from "../threads/keychain-thread.ts";
import { openKeychain } from "./keychain.ts";

function thread(get: () => Promise<never> | Promise<{ value: Uint8Array | null }>) {
  const seen = { ended: 0, started: 0 };
  const remote = {
    ready: () => Promise.resolve(),
    get,
    set: () => Promise.resolve({ value: null }),
    delete: () => Promise.resolve({ value: null }),
    terminate: () => {
      seen.ended += 1;
      return Promise.resolve();
    },
  };
  const start = (): Promise<Thread<KeychainThread>> => {
    seen.started += 1;
    return Promise.resolve(remote as unknown as Thread<KeychainThread>);
  };
  return { seen, start };
}

test("a keychain that does not answer is said to be silent, and is asked afresh the next time", async () => {
  let answers = false;
  const { seen, start } = thread(() =>
    answers ? Promise.resolve({ value: Uint8Array.of(7) }) : new Promise<never>(() => undefined),
  );
  const keychain = openKeychain("p", { start, deadlineMs: 20 });
  await expect(keychain.get("device-key")).rejects.toMatchObject({ code: "keychain-silent" });
  answers = true;
  expect(await keychain.get("device-key")).toEqual(Uint8Array.of(7));
  expect(seen).toEqual({ started: 2, ended: 1 });
});

test("what the OS refuses keeps its code over the thread, and a secret that is kept is not emptied here", async () => {
  const { start } = thread(() =>
    Promise.resolve({ code: "keychain-locked", said: "locked" } as never),
  );
  const keychain = openKeychain("p", { start });
  await expect(keychain.get("device-key")).rejects.toMatchObject({ code: "keychain-locked" });
  const secret = Uint8Array.of(1, 2, 3);
  await keychain.set("site-pepper", secret);
  expect(secret).toEqual(Uint8Array.of(1, 2, 3));
});
