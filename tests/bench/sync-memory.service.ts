import "../../electron/service/small-heaps.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import threads from "node:worker_threads";
import { createRouterClient } from "@orpc/server";
import { startService } from "../../electron/service/compose.ts";
import type { StatusView } from "../../shared/contract/index.ts";

/** The service of a fresh PC, in a process of its own and from its bundle: what it holds is what a ward PC's holds. */
export interface MemoryWork {
  readonly folder: string;
  readonly policy: object;
  readonly clinician: string;
  readonly pin: string;
  /** Also what each thread's JavaScript heap holds, on stderr. */
  readonly threads: boolean;
}

/** Resident megabytes (1024 * 1024) of the whole process. */
export interface MemoryFound {
  /** Enrolled, nobody signed in, no page asked for yet. */
  readonly atRest: number;
  /** When so many of its sections had come, from the last sign-in on. */
  readonly at25: number;
  readonly at50: number;
  readonly at100: number;
  /** All that came was applied, and nothing was asked for a while. */
  readonly after: number;
  /** The most between the sign-in and the last applied page. */
  readonly peak: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const MB = 1024 * 1024;
const LOOK_MS = 20;
const REST_MS = 20_000;

const started: threads.Worker[] = [];

async function measure(work: MemoryWork): Promise<MemoryFound> {
  if (work.threads) watchThreads();
  mkdirSync(work.folder, { recursive: true });
  const policyFile = join(work.folder, "policy.json");
  writeFileSync(policyFile, JSON.stringify(work.policy));
  const dataDir = join(work.folder, "ward");
  const service = await startService({ dataDir, policyFile, preview: false, version: "bench" });
  const client = createRouterClient(service.router);
  const status = async (ready: (status: StatusView) => boolean): Promise<void> => {
    while (!ready(await client.status())) await sleep(LOOK_MS);
  };

  await status(({ session }) =>
    session.clinicians.some(({ id, slot }) => id === work.clinician && slot === "ready"),
  );
  const atRest = rss();
  await sayThreads("at rest");
  await client.session.signIn({ clinician: work.clinician, pin: work.pin });
  const begun = performance.now();
  await sayThreads("signed in");
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, rss());
  }, LOOK_MS);
  const found: number[] = [];
  for (const share of [0.25, 0.5, 1]) {
    await status(({ connection: { state, done, total } }) =>
      total === null || done === null ? state === "live" : total > 0 && done >= share * total,
    );
    found.push(rss());
    await sayThreads(`${share * 100} %`);
  }
  await status(({ connection }) => connection.state === "live");
  clearInterval(watch);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage();
  await sleep(REST_MS);
  const after = rss();
  await sayThreads("a while later");
  await service.stop();
  const [at25 = Number.NaN, at50 = Number.NaN, at100 = Number.NaN] = found;
  return { atRest, at25, at50, at100, after, peak, seconds, cpuSeconds: (user + system) / 1e6 };
}

function rss(): number {
  return process.memoryUsage.rss() / MB;
}

/** Every thread that is started from now on is known. */
function watchThreads(): void {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      started.push(this);
      this.once("exit", () => started.splice(started.indexOf(this), 1));
    }
  };
  syncBuiltinESMExports();
}

async function sayThreads(when: string): Promise<void> {
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  const mb = (bytes: number): string => (bytes / MB).toFixed(1);
  if (started.length === 0) return;
  console.error(`${when}: ${rss().toFixed(0)} MB`);
  console.error(`  main: heap ${mb(heapUsed)} of ${mb(heapTotal)}, outside ${mb(external)}`);
  for (const worker of started) {
    const heap = await worker.getHeapStatistics();
    const [used, total, outside] = [
      heap.used_heap_size,
      heap.total_heap_size,
      heap.external_memory,
    ].map(mb);
    console.error(`  ${worker.threadName}: heap ${used} of ${total}, outside ${outside}`);
  }
}

process.once("message", (work: MemoryWork) => {
  void measure(work).then((found) => {
    process.send?.(found);
    process.disconnect();
  });
});
