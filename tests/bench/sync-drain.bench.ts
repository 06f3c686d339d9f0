import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { link as auditLink } from "../../electron/service/audit/index.ts";
import { createHisClient, type HisClient } from "../../electron/service/his/index.ts";
import { makeVitalsAct } from "../../electron/service/record/vitals-act.ts";
import { openJournal } from "../../electron/service/store/index.ts";
import { createHisLine, type HisLine } from "../../electron/service/wiring/his-line.ts";
import { journalThreads } from "../../electron/service/wiring/journal.ts";
import { createLink } from "../../electron/service/sync/link.ts";
import { drainOutbox } from "../../electron/service/sync/push.ts";
import { pushMemory } from "../../electron/service/sync/push-parts.ts";
import { joinSite, median, startServer } from "./sync.bench.ts";
import { signInOf, type Credentials, type Server } from "./sync.parts.ts";

/**
 * A day's outbox of a ward, drained through journal, bundles, confirmation and the search for second copies, against a bare
 * loop that posts the very same bundles with the same client and as many at a time, each into a demo HIS of its own. Left
 * out: the signatures (made when it was charted) and the escrow file's tombstones (one write a request).
 */
const ACTS = 10_000;
const PATIENTS = 40;
/** As many requests travel at a time, on either side. */
const PARALLEL = 4;
/** The disk and the processors of a machine differ by a quarter from one minute to the next. */
const ROUNDS = 3;

/** `sync.drainRatio` and what helps to judge it. */
export async function benchSyncDrain(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "amanah-bench-drain-"));
  try {
    const rounds: { ours: number; bare: number; requests: number }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const own = join(folder, String(round));
      mkdirSync(own);
      const drained = await against<Drained>(own, "drain", []);
      const bare = await against<number>(own, "bare", drained.bundles);
      rounds.push({ ours: drained.millis, bare, requests: drained.bundles.length });
      rmSync(own, { recursive: true });
    }
    return {
      "sync.drainRatio": median(rounds.map(({ ours, bare }) => ours / bare)),
      "sync.drainSeconds": median(rounds.map(({ ours }) => ours)) / 1000,
      "sync.drainBareSeconds": median(rounds.map(({ bare }) => bare)) / 1000,
      "sync.drainRequests": median(rounds.map(({ requests }) => requests)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Work {
  readonly side: "drain" | "bare";
  readonly server: Server;
  readonly signIn: Credentials;
  readonly folder: string;
  readonly bundles: readonly string[];
}
interface Drained {
  readonly millis: number;
  readonly bundles: readonly string[];
}

/** Each side in a fresh thread and against a fresh HIS, so that neither has the other's warm code or full tables. */
async function against<T>(
  folder: string,
  side: Work["side"],
  bundles: readonly string[],
): Promise<T> {
  const his = await startServer(join(folder, `his-${side}`), PATIENTS);
  try {
    const signIn = await joinSite(his.server);
    const work: Work = { side, server: his.server, signIn, folder, bundles };
    const worker = new Worker(new URL(import.meta.url), { workerData: { drainBench: work } });
    try {
      return await new Promise<T>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    } finally {
      await worker.terminate();
    }
  } finally {
    await his.stop();
  }
}

async function clientOf({ server, signIn }: Work, line?: HisLine): Promise<HisClient> {
  return createHisClient({
    baseUrl: server.baseUrl,
    signIn: await signInOf(signIn),
    fetch,
    ...(line !== undefined && { carry: line.carry }),
    now: Date.now,
    random: randomUUID,
  });
}

async function drain(work: Work): Promise<Drained> {
  const file = join(work.folder, "journal.db");
  const key = Uint8Array.from(randomBytes(32));
  fill(file, key);
  const line = createHisLine(null);
  const inner = await clientOf(work, line);
  const bundles: string[] = [];
  const his: HisClient = {
    ...inner,
    async send(method, target, body, headers) {
      bundles.push(body);
      return await inner.send(method, target, body, headers);
    },
  };
  const journal = await journalThreads({ file, key });
  const capabilities = await his.capabilities();
  const link = createLink({ parallel: PARALLEL, now: Date.now, onChange: () => {} });
  await link.probe(async () => await his.get("Location?_count=1"));
  const started = performance.now();
  await drainOutbox({
    his,
    link,
    journal,
    capabilities: () => capabilities,
    now: Date.now,
    random: Math.random,
    memory: pushMemory(),
    auditOf: ({ kind, act }) => [JSON.stringify({ kind, act })],
    onOver: async () => {},
    onAlarm: (alarm) => {
      throw new Error(JSON.stringify(alarm));
    },
    onChange: () => {},
  });
  const millis = performance.now() - started;
  const { waiting, parked } = await journal.actCounts();
  if (waiting + parked > 0) throw new Error(`${waiting} acts wait, ${parked} are parked`);
  await journal.close();
  await Promise.all([journal.terminate(), line.close()]);
  return { millis, bundles };
}

function fill(file: string, key: Uint8Array): void {
  const journal = openJournal({ file, key: Uint8Array.from(key), create: true, chain: auditLink });
  const start = Date.now() - 24 * 3_600_000;
  for (let number = 0; number < ACTS; number += 1) {
    const at = new Date(start + number * 8_000).toISOString();
    const act = makeVitalsAct({
      uuid: randomUUID(),
      patient: `drain-${number % PATIENTS}`,
      encounter: null,
      author: "nurse-1",
      workstation: "bench-pc",
      at,
      values: {
        respiratoryRate: 12 + (number % 12),
        spo2: 92 + (number % 8),
        oxygenFlow: 0,
        systolic: 100 + (number % 50),
        diastolic: 60 + (number % 25),
        pulse: 60 + (number % 50),
        consciousness: "A",
        temperature: 36 + (number % 20) / 10,
      },
    });
    journal.putAct(
      {
        uuid: act.uuid,
        kind: act.kind,
        patient: act.patient,
        author: act.author,
        at,
        queuedAt: Date.parse(at),
        body: JSON.stringify({ act, signature: "x".repeat(130) }),
      },
      [],
    );
  }
  journal.close();
}

async function postAll(work: Work): Promise<number> {
  const his = await clientOf(work);
  await his.capabilities();
  await his.get("Location?_count=1");
  const started = performance.now();
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let body = work.bundles[next++]; body !== undefined; body = work.bundles[next++])
      await his.send("POST", "", body);
  };
  await Promise.all(Array.from({ length: PARALLEL }, runner));
  return performance.now() - started;
}

const given = (workerData as { drainBench?: Work } | null)?.drainBench;
if (given !== undefined) {
  const found = given.side === "drain" ? await drain(given) : await postAll(given);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(found);
}
