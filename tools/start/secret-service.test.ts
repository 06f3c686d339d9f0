import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBlockingKeychain } from "../../electron/service/vault/index.ts";
import { startSecretService, type SecretService } from "./secret-service.ts";

const folder = mkdtempSync(join(tmpdir(), "amanah-secrets-"));
let service: SecretService;
beforeAll(async () => {
  service = await startSecretService(folder);
  process.env["DBUS_SESSION_BUS_ADDRESS"] = service.environment["DBUS_SESSION_BUS_ADDRESS"];
});
afterAll(() => {
  service.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The process that answers for the keychain; null: none does. */
function owner(): number | null {
  const question = [
    "--session",
    "--print-reply=literal",
    "--dest=org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus.GetConnectionUnixProcessID",
    "string:org.freedesktop.secrets",
  ];
  try {
    const answer = execFileSync("dbus-send", question, { encoding: "utf8", stdio: "pipe" });
    return Number(/\d+\s*$/u.exec(answer)?.[0]);
  } catch {
    return null;
  }
}

test("a keyring daemon that crashes comes back with what it held, also when somebody asks while it is away", async () => {
  const keychain = openBlockingKeychain("secrets-test");
  const secret = Uint8Array.from({ length: 32 }, (_, byte) => byte);
  keychain.set("device-key", secret);
  const first = owner();
  if (first === null) throw new Error("a daemon answers");
  process.kill(first, "SIGTRAP");
  // Whoever asks now must not have the bus start another daemon, which knows no password, in the place of ours.
  const asked: unknown[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      asked.push(keychain.get("device-key"));
      break;
    } catch (error) {
      asked.push(error);
      await sleep(50);
    }
  }
  expect(asked.at(-1)).toEqual(secret);
  expect(owner()).not.toBe(first);
});

test("who asks the keychain again and again opens no further connection to it", () => {
  const keychain = openBlockingKeychain("secrets-test");
  const open = (): number => readdirSync("/proc/self/fd").length;
  const asked = (): void => {
    keychain.set("it-seed", Uint8Array.of(7));
    expect(keychain.get("it-seed")).toEqual(Uint8Array.of(7));
  };
  asked();
  const before = open();
  for (let call = 0; call < 50; call += 1) asked();
  expect(open() - before).toBeLessThan(10);
});
