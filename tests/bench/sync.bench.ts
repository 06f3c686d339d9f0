import { fork, spawn } from "node:child_process";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { ALLOCATOR } from "../../shared/allocator.ts";
import type { Credentials, Server } from "./sync.parts.ts";
import type { Downloaded, Synced, Work } from "./sync.pc.ts";

/**
 * First sync through puller, sealed inbox and apply, in the service's own threads, against merely downloading the very same
 * pages with the same client and concurrency and throwing them away, from the demo HIS in a process of its own. The finish
 * line is the moment every section is back-filled *and applied*. `--beds=40` or `--beds=1000` measures one ward only.
 */
const ROUNDS = 3;

export async function benchSync(args: readonly string[]): Promise<Record<string, number>> {
  const only = args.find((arg) => arg.startsWith("--beds="))?.slice("--beds=".length);
  const figures: Record<string, number> = {};
  if (only !== "1000") Object.assign(figures, await smallWard());
  if (only !== "40") Object.assign(figures, await largeWard());
  return figures;
}

async function smallWard(): Promise<Record<string, number>> {
  return await atHis(40, async (server, signIn, folder) => {
    // The first round warms the HIS and is not counted; it reads a screen meanwhile instead.
    const first = await aPc<Synced>({
      side: "sync",
      server,
      signIn,
      folder: join(folder, "pc-0"),
      reads: true,
      quiet: true,
    });
    const rounds: { sync: Synced; down: Downloaded }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1)
      rounds.push(await oneRound(server, signIn, join(folder, `pc-${round}`)));
    return {
      "sync.firstSync40Ratio": median(rounds.map(({ sync, down }) => sync.millis / down.millis)),
      "sync.firstSync40Seconds": median(rounds.map(({ sync }) => sync.millis)) / 1000,
      "sync.download40Seconds": median(rounds.map(({ down }) => down.millis)) / 1000,
      "sync.firstSync40CpuSeconds": median(rounds.map(({ sync }) => sync.cpuSeconds)),
      "sync.download40CpuSeconds": median(rounds.map(({ down }) => down.cpuSeconds)),
      "sync.firstSync40Resources": first.resources,
      "sync.firstSync40Pages": first.targets.length,
      ...waits("40", first, false),
      "sync.quietCatchUp40Requests": first.quietRequests?.length ?? Number.NaN,
    };
  });
}

async function largeWard(): Promise<Record<string, number>> {
  return await atHis(1000, async (server, signIn, folder) => {
    const { sync, down } = await oneRound(server, signIn, join(folder, "pc-1"), {
      reads: false,
      quiet: true,
    });
    const read = await aPc<Synced>({
      side: "sync",
      server,
      signIn,
      folder: join(folder, "pc-2"),
      reads: true,
      quiet: false,
    });
    return {
      "sync.firstSync1000Ratio": sync.millis / down.millis,
      "sync.firstSync1000Seconds": sync.millis / 1000,
      "sync.download1000Seconds": down.millis / 1000,
      "sync.firstSync1000CpuSeconds": sync.cpuSeconds,
      "sync.download1000CpuSeconds": down.cpuSeconds,
      "sync.firstSync1000Resources": sync.resources,
      "sync.quietCatchUpRequests": sync.quietRequests?.length ?? Number.NaN,
      ...waits("", read, true),
    };
  });
}

/** What somebody waits for while a ward comes; `whole`: also in milliseconds. */
function waits(beds: "40" | "", { busy, idle }: Synced, whole: boolean): Record<string, number> {
  if (busy === null || idle === null) throw new Error("nobody worked meanwhile");
  return {
    [`sync.readDuringSync${beds}Ratio`]: busy.readP99 / idle.readP99,
    ...(whole && {
      "sync.readDuringSyncP99Ms": busy.readP99,
      "sync.readIdleP99Ms": idle.readP99,
      "sync.saveDuringSyncP99Ms": busy.saveP99,
      "sync.saveIdleP99Ms": idle.saveP99,
    }),
  };
}

async function oneRound(
  server: Server,
  signIn: Credentials,
  folder: string,
  how: { readonly reads: boolean; readonly quiet: boolean } = { reads: false, quiet: false },
): Promise<{ sync: Synced; down: Downloaded }> {
  const sync = await aPc<Synced>({ side: "sync", server, signIn, folder, ...how });
  const { targets } = sync;
  return { sync, down: await aPc<Downloaded>({ side: "download", server, signIn, targets }) };
}

/** Runs one side in a fresh process, so that neither has the other's warm code or memory; both as the shell starts the service. */
async function aPc<T>(work: Work): Promise<T> {
  const child = fork(new URL("sync.pc.ts", import.meta.url), {
    env: { ...process.env, ...ALLOCATOR },
  });
  return await new Promise<T>((resolve, reject) => {
    child.once("message", (found) => resolve(found as T));
    child.once("exit", (code) => reject(new Error(`a PC of the benchmark ended with ${code}`)));
    child.send(work);
  });
}

async function atHis<T>(
  beds: number,
  work: (server: Server, signIn: Credentials, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-sync-"));
  const his = await startServer(join(folder, "his"), beds);
  try {
    return await work(his.server, await joinSite(his.server), folder);
  } finally {
    await his.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The demo HIS in a process of its own. */
export async function startServer(
  dataDir: string,
  beds: number,
): Promise<{ server: Server; stop(): Promise<void> }> {
  const script = new URL("../../tools/his/index.ts", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [script, "--data", dataDir, "--beds", String(beds), "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      server: JSON.parse(line) as Server,
      async stop() {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error("the demo HIS did not start");
}

/** What a new PC does: a key of its own, a one-time code, and from then on its id. */
export async function joinSite(server: Server): Promise<Credentials> {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, [
    "sign",
    "verify",
  ]);
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  const policy = (await (
    await fetch(`${server.controlUrl}/control/policy?workstation=bench-pc`)
  ).json()) as { join: { code: string } };
  const answer = await fetch(server.joinUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      code: policy.join.code,
      workstation: "bench-pc",
      key: { kty, crv, x, y },
      box: generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }).x,
    }),
  });
  if (!answer.ok) throw new Error(`the demo HIS did not let the bench join: ${answer.status}`);
  return {
    clientId: "bench-pc",
    jwk: await webcrypto.subtle.exportKey("jwk", pair.privateKey),
    thumbprint: await calculateJwkThumbprint({
      kty: "EC",
      crv: String(crv),
      x: String(x),
      y: String(y),
    }),
    scope: "system/*.cruds",
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
