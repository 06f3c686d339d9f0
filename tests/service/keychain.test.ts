import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openBlockingKeychain, type KeychainName } from "../../electron/service/vault/index.ts";
import { openFiles } from "../../electron/service/wiring/files.ts";
import { startSecretService } from "../../tools/start/secret-service.ts";
import { sampled } from "../../electron/service/testing/sampled.ts";
import { forkPc } from "./pc-process.ts";
import {
  chart,
  hashOf,
  nurseOf,
  openScene,
  openWard,
  shareKeychain,
  signIn,
  statusWhen,
  type Scene,
} from "./ward-pc.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  await shareKeychain();
  scene = await openScene(2);
});
afterEach(() => {
  scene.his.switches.set({ outage: false });
});
afterAll(async () => {
  await scene.close();
});

/** Asks the bus of these programs something, as text. */
function bus(environment: NodeJS.ProcessEnv, ...question: string[]): string {
  return execFileSync("dbus-send", ["--session", "--print-reply=literal", ...question], {
    env: environment,
    encoding: "utf8",
  });
}

/** The process that answers for the keychain. */
function keychainProcess(environment: NodeJS.ProcessEnv): number {
  const answer = bus(
    environment,
    "--dest=org.freedesktop.DBus",
    "/org/freedesktop/DBus",
    "org.freedesktop.DBus.GetConnectionUnixProcessID",
    "string:org.freedesktop.secrets",
  );
  const pid = Number(/\d+\s*$/u.exec(answer)?.[0]);
  if (!Number.isInteger(pid)) throw new Error("the bus knows who owns the secrets");
  return pid;
}

test("a keychain that stops answering is said so, nothing is made in its place, and the PC goes on when it answers", async () => {
  const first = await scene.pc("pc-silent");
  const [view] = await openWard(first.client, scene.his);
  const patient = view?.banner.patient ?? "";
  const pid = keychainProcess(process.env);
  process.kill(pid, "SIGSTOP");
  try {
    // Whoever works, works on: the keys of this session are in memory.
    await chart(first.client, patient);
    expect((await first.client.status()).session.state).toBe("open");
    await first.stop();
    const files = readdirSync(first.dataDir).filter((file) => file.endsWith(".db"));
    const second = await scene.pc("pc-silent");
    const { session } = await second.client.status();
    expect(session).toMatchObject({ state: "sealed", obstacle: "keychain-silent" });
    expect(readdirSync(first.dataDir).filter((file) => file.endsWith(".db"))).toEqual(files);
    const { id, pin } = nurseOf(scene.his);
    await expect(second.client.session.signIn({ clinician: id, pin })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    process.kill(pid, "SIGCONT");
    await statusWhen(second.client, "it goes on", (now) => now.session.obstacle === null);
    expect((await signIn(second.client, { id, pin })).session.state).toBe("open");
    expect((await second.client.status()).notices).toEqual([]);
  } finally {
    process.kill(pid, "SIGCONT");
  }
});

test("a keychain that is locked is said so, and no key is made in its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "amanah-locked-"));
  const service = await startSecretService(folder);
  try {
    const first = await forkPc(scene, "pc-locked", { environment: service.environment });
    await openWard(first.client, scene.his);
    await first.stop();
    const journal = join(first.dataDir, "journal.db");
    const before = hashOf(journal);
    bus(
      service.environment,
      "--dest=org.freedesktop.secrets",
      "/org/freedesktop/secrets",
      "org.freedesktop.Secret.Service.Lock",
      "array:objpath:/org/freedesktop/secrets/collection/login",
    );
    const second = await forkPc(scene, "pc-locked", { environment: service.environment });
    const { session } = await second.client.status();
    expect(session.state).toBe("sealed");
    // It may say that it is locked, or wait in silence for somebody to unlock it; never that there is nothing.
    expect(session.obstacle).toMatch(/^keychain-(?:locked|silent)$/u);
    await second.kill();
    expect(hashOf(journal)).toBe(before);
  } finally {
    service.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("garbage in the keychain", () => {
  let dataDir = "";
  beforeAll(async () => {
    const pc = await scene.pc("pc-garbage");
    await signIn(pc.client, nurseOf(scene.his));
    await pc.stop();
    dataDir = pc.dataDir;
  });

  /** What a PC says at its next start; `null`: it opens as ever to who knows a PIN. */
  const garbage: readonly [KeychainName, number, string | null][] = [
    ["device-key", 3, "keys-lost"],
    ["device-key-next", 7, null],
    ["device-key", 32, "wrong-key"],
    ["workstation-key", 200, null],
    ["site-pepper", 5, "not-joined"],
    ["workstation-key-next", 200, null],
    ["pin-failures", 40, null],
    ["it-seed", 5, null],
    ["generations", 40, null],
  ];
  test.each(sampled(garbage, 3))(
    "%s of %i bytes: %s; put right again, nothing was lost",
    async (name, bytes, obstacle) => {
      scene.his.switches.set({ outage: true });
      const keychain = openBlockingKeychain(openFiles(dataDir).profile);
      const kept = keychain.get(name);
      const before = hashOf(join(dataDir, "journal.db"));
      const { id, pin } = nurseOf(scene.his);
      try {
        keychain.set(name, randomBytes(bytes));
        const second = await scene.pc("pc-garbage");
        expect((await second.client.status()).session.obstacle).toBe(obstacle);
        const answer = await second.client.session
          .signIn({ clinician: id, pin })
          .then(({ session }) => session.state)
          .catch((error: { code?: string }) => error.code);
        expect(answer).toBe(obstacle === null ? "open" : "UNAVAILABLE");
        await second.stop();
        const unopened = obstacle === "keys-lost" || obstacle === "wrong-key";
        expect(!unopened || hashOf(join(dataDir, "journal.db")) === before).toBe(true);
      } finally {
        if (kept === null) keychain.delete(name);
        else keychain.set(name, kept);
      }
      const third = await scene.pc("pc-garbage");
      expect((await third.client.status()).session.obstacle).toBeNull();
      expect((await third.client.session.signIn({ clinician: id, pin })).session.state).toBe(
        "open",
      );
      await third.stop();
    },
  );
});
