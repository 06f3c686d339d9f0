import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes, randomUUID, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { createHisClient } from "../../electron/service/his/index.ts";
import type { HisClient, SignIn, SignInKey } from "../../electron/service/his/index.ts";
import { connectThread, openChartReader } from "../../electron/service/store/index.ts";
import { createSync } from "../../electron/service/sync/index.ts";
import type { ChartThread, JournalThread } from "../../electron/service/sync/index.ts";
import type { ChartThreadData } from "../../electron/service/threads/chart-thread.ts";
import type { JournalThreadData } from "../../electron/service/threads/journal-thread.ts";
import { sealingKeyOf } from "../../electron/service/vault/index.ts";

/**
 * First sync of 40 beds through puller, sealed inbox and apply, in the service's own threads, against merely downloading
 * the very same pages with the same client and concurrency, from the demo HIS in a process of its own. The finish line is
 * the moment every section is back-filled *and applied*.
 */
const BEDS = 40;
const PARALLEL = 4;
const ROUNDS = 3;

/** As it travels to a thread, which no function can. */
export type Credentials = Omit<SignIn, "keys"> & { readonly key: SignInKey };

export interface Server {
  readonly baseUrl: string;
  readonly joinUrl: string;
  readonly controlUrl: string;
  readonly wards: readonly { readonly id: string }[];
}

/** `sync.firstSync40Ratio` (median of the rounds) and what helps to judge it. */
export async function benchSync(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-sync-"));
  const his = await startServer(join(folder, "his"));
  try {
    const signIn = await joinSite(his.server);
    // The first round warms both sides and is not counted.
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round += 1)
      rounds.push(await oneRound(his.server, signIn, join(folder, `pc-${round}`)));
    const counted = rounds.slice(1);
    return {
      "sync.firstSync40Ratio": median(counted.map(({ sync, download }) => sync / download)),
      "sync.firstSync40Seconds": median(counted.map(({ sync }) => sync)) / 1000,
      "sync.download40Seconds": median(counted.map(({ download }) => download)) / 1000,
      "sync.firstSync40Resources": rounds[0]?.resources ?? 0,
      "sync.firstSync40Pages": rounds[0]?.pages ?? 0,
    };
  } finally {
    await his.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Round {
  readonly sync: number;
  readonly download: number;
  readonly resources: number;
  readonly pages: number;
}

/** Both sides in a fresh thread each, so that neither has the other's warm code. */
async function oneRound(server: Server, signIn: Credentials, folder: string): Promise<Round> {
  const { millis, targets, resources } = await inThread<Synced>({
    side: "sync",
    server,
    signIn,
    folder,
  });
  const download = await inThread<number>({ side: "download", server, signIn, targets });
  return { sync: millis, download, resources, pages: targets.length };
}

type Work =
  | {
      readonly side: "sync";
      readonly server: Server;
      readonly signIn: Credentials;
      readonly folder: string;
    }
  | {
      readonly side: "download";
      readonly server: Server;
      readonly signIn: Credentials;
      readonly targets: readonly string[];
    };

async function inThread<T>(work: Work): Promise<T> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { syncBench: work } });
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}

async function downloadAll({
  server,
  signIn,
  targets,
}: Extract<Work, { side: "download" }>): Promise<number> {
  const his = client(server, signIn);
  const started = performance.now();
  await his.capabilities();
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let target = targets[next++]; target !== undefined; target = targets[next++])
      await his.get(target);
  };
  await Promise.all(Array.from({ length: PARALLEL }, runner));
  return performance.now() - started;
}

interface Synced {
  readonly millis: number;
  readonly targets: readonly string[];
  readonly resources: number;
}

async function firstSync({
  server,
  signIn,
  folder,
}: Extract<Work, { side: "sync" }>): Promise<Synced> {
  const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
  const keys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };
  const device = key();
  const journalFile = `${folder}-journal.db`;
  const journalData: JournalThreadData = {
    file: journalFile,
    key: device,
    create: true,
    sealingKey: sealingKeyOf(keys),
  };
  const journal = connectThread<JournalThread>(thread("journal-thread", journalData), {
    handOver: ["receivePage"],
  });
  await journal.ready();
  const chartData: ChartThreadData = {
    chartFile: `${folder}-chart.db`,
    chartKey: keys.chart,
    create: true,
    salvage: "if-damaged",
    journalFile,
    journalKey: device,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: `${server.baseUrl}/`,
  };
  const chart = connectThread<ChartThread>(thread("chart-thread", chartData));
  await chart.ready();

  const inner = client(server, signIn);
  const targets: string[] = [];
  const log: string[] = [];
  const finish = Promise.withResolvers<number>();
  const his: HisClient = {
    ...inner,
    async get(target) {
      // The first question for changes comes when back-fill is done: all that is left is to apply.
      if (target.includes("_sort=_lastUpdated") && !target.startsWith("Basic")) {
        while ((await journal.inboxSize()).pages > 0) await sleep(1);
        const at = performance.now();
        const rows = await journal.backfill();
        if (rows.every(({ state }) => state === "received")) finish.resolve(at);
        else finish.reject(new Error(`the first sync is not whole: ${log.join("; ")}`));
        throw new Error("the first sync is over");
      }
      targets.push(target);
      return await inner.get(target);
    },
  };
  const sync = createSync({
    his,
    journal,
    chart: () => chart,
    policy: {
      wards: server.wards.map(({ id }) => id),
      intervalSeconds: 3600,
      overlapSeconds: 30,
      pageSize: 500,
      parallel: PARALLEL,
      retentionHours: 72,
      acknowledgedDays: 14,
    },
    believed: () => true,
    carry: () => Promise.resolve(),
    now: Date.now,
    random: Math.random,
    timers: {
      after(ms, callback) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    log: (line) => log.push(line),
    onStatements: async () => {},
    onOver: async () => {},
    onUnsentAgain: async () => {},
    onChange: () => {},
    onAlarm: (alarm) => finish.reject(new Error(`alarm: ${JSON.stringify(alarm)}`)),
    auditOf: () => [],
  });
  const started = performance.now();
  sync.start();
  const millis = (await finish.promise) - started;
  await sync.stop();
  const { damaged } = await chart.verify();
  if (damaged > 0) throw new Error("the chart is damaged");
  await chart.close();
  await journal.close();
  await Promise.all([chart.terminate(), journal.terminate()]);
  const reader = openChartReader({ file: chartData.chartFile, key: keys.chart });
  const { resources } = reader.count();
  reader.close();
  return { millis, targets, resources };
}

function client(server: Server, { key, ...signIn }: Credentials): HisClient {
  return createHisClient({
    baseUrl: server.baseUrl,
    signIn: { ...signIn, keys: () => [key] },
    fetch,
    now: Date.now,
    random: randomUUID,
  });
}

export function thread(name: string, data: object): Worker {
  return new Worker(new URL(`../../electron/service/threads/${name}.ts`, import.meta.url), {
    workerData: data,
  });
}

export async function startServer(
  dataDir: string,
  beds = BEDS,
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
  const kid = await calculateJwkThumbprint({
    kty: "EC",
    crv: String(crv),
    x: String(x),
    y: String(y),
  });
  return {
    clientId: "bench-pc",
    key: { algorithm: "ES384", privateKey: pair.privateKey, thumbprint: kid },
    scope: "system/*.cruds",
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const given = (workerData as { syncBench?: Work } | null)?.syncBench;
if (given !== undefined) {
  const found = given.side === "sync" ? await firstSync(given) : await downloadAll(given);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(found);
}
