import "../../electron/service/small-heaps.ts";
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReaderCalls } from "../../electron/service/chart/index.ts";
import { createHisClient, createTrustedFetch } from "../../electron/service/his/index.ts";
import type { HisClient } from "../../electron/service/his/index.ts";
import {
  connectThread,
  openChartReader,
  type Journal,
  type Remote,
} from "../../electron/service/store/index.ts";
import { CHART_MOVED, createSync } from "../../electron/service/sync/index.ts";
import type { ChartThread } from "../../electron/service/sync/index.ts";
import type { ChartThreadData } from "../../electron/service/threads/chart-thread.ts";
import { sealingKeyOf } from "../../electron/service/vault/index.ts";
import { createHisLine, type HisLine } from "../../electron/service/wiring/his-line.ts";
import { journalThreads } from "../../electron/service/wiring/journal.ts";
import { signInOf, thread, type Credentials, type Server } from "./sync.parts.ts";

/** A PC of the sync's benchmark, in a process of its own: its memory and its processor's time are its own. */
export const PARALLEL = 4;

export type Work =
  | {
      readonly side: "sync";
      readonly server: Server;
      readonly signIn: Credentials;
      readonly folder: string;
      /** A screen is read all the while, and as often when all is quiet. */
      readonly reads: boolean;
      /** After the first sync: a change, an hour of nothing, and what that costs. */
      readonly quiet: boolean;
    }
  | {
      readonly side: "download";
      readonly server: Server;
      readonly signIn: Credentials;
      readonly targets: readonly string[];
    };

export interface Synced {
  readonly millis: number;
  readonly targets: readonly string[];
  readonly resources: number;
  readonly cpuSeconds: number;
  /** While the ward comes, and as often when all is quiet; milliseconds. */
  readonly busy: Waits | null;
  readonly idle: Waits | null;
  readonly quietRequests: readonly string[] | null;
}
/** What a nurse waits for: a board and a patient, and what she typed being kept. */
export interface Waits {
  readonly readP99: number;
  readonly saveP99: number;
}
export interface Downloaded {
  readonly millis: number;
  readonly cpuSeconds: number;
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function client(
  server: Server,
  credentials: Credentials,
  line?: HisLine,
): Promise<HisClient> {
  const { fetch, wire } = createTrustedFetch(null);
  return createHisClient({
    baseUrl: server.baseUrl,
    signIn: await signInOf(credentials),
    fetch,
    wire,
    ...(line !== undefined && { carry: line.carry }),
    now: Date.now,
    random: randomUUID,
  });
}

async function download(work: Extract<Work, { side: "download" }>): Promise<Downloaded> {
  const his = await client(work.server, work.signIn);
  const before = cpuSeconds();
  const started = performance.now();
  await his.capabilities();
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let target = work.targets[next++]; target !== undefined; target = work.targets[next++])
      await his.get(target, "as-it-came");
  };
  await Promise.all(Array.from({ length: PARALLEL }, runner));
  return { millis: performance.now() - started, cpuSeconds: cpuSeconds() - before };
}

/** The first question that is no back-fill: all that is left is to apply. */
const AFTER_BACKFILL = /_history|_lastUpdated=ge.*&_sort=_lastUpdated&_count=\d+$/u;

async function firstSync(work: Extract<Work, { side: "sync" }>): Promise<Synced> {
  const { server, folder } = work;
  const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
  const keys = { chart: key(), inbox: key(), ledger: key(), drafts: key() };
  const device = key();
  const journalFile = `${folder}-journal.db`;
  const chartFile = `${folder}-chart.db`;
  const journal = await journalThreads({
    file: journalFile,
    key: device,
    create: true,
    sealingKey: sealingKeyOf(keys),
  });
  const chartData: ChartThreadData = {
    chartFile,
    chartKey: keys.chart,
    create: true,
    salvage: "if-damaged",
    journalFile,
    journalKey: device,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base: `${server.baseUrl}/`,
  };
  const chart = connectThread<ChartThread>(thread("chart-thread", chartData), {
    handOver: CHART_MOVED,
  });
  await chart.ready();
  const reader = connectThread<ReaderCalls & { ready(): void }>(
    thread("reader-thread", { chartFile, chartKey: keys.chart, journalFile, journalKey: device }),
  );
  await reader.ready();

  const log: string[] = [];
  const targets: string[] = [];
  const finish = Promise.withResolvers<number>();
  const ownLine = createHisLine(null);
  const inner = await client(server, work.signIn, ownLine);
  let ended = false;
  let shift = 0;
  const his: HisClient = {
    ...inner,
    async get(target, how) {
      if (!ended && AFTER_BACKFILL.test(target) && !target.startsWith("Basic")) {
        // Not more often: on two processors the question would take from what is measured.
        while ((await journal.inboxSize()).pages > 0) await sleep(10);
        if (!ended) {
          ended = true;
          const at = performance.now();
          const rows = await journal.backfill();
          if (rows.every(({ state }) => state === "received")) finish.resolve(at);
          else finish.reject(new Error(`the first sync is not whole: ${log.join("; ")}`));
        }
      }
      targets.push(target);
      return await inner.get(target, how);
    },
    // One request, however many questions are in it.
    async batch(bundle) {
      targets.push("a batch");
      return await inner.batch(bundle);
    },
  };
  const sync = createSync({
    his,
    journal,
    chart: () => chart,
    policy: {
      wards: server.wards.map(({ id }) => id),
      intervalSeconds: 36_000,
      overlapSeconds: 30,
      pageSize: 500,
      parallel: PARALLEL,
      retentionHours: 72,
      acknowledgedDays: 14,
    },
    believed: () => true,
    carry: () => Promise.resolve(),
    now: () => Date.now() + shift,
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
  const before = cpuSeconds();
  const started = performance.now();
  sync.start();
  const works = (): ReturnType<typeof workAllTheWhile> => workAllTheWhile(reader, journal);
  const working = work.reads ? works() : null;
  const millis = (await finish.promise) - started;
  const used = cpuSeconds() - before;
  const busy = (await working?.stop()) ?? null;
  const firstTargets = [...targets];
  await sync.idle();
  const idle = busy === null ? null : await works().after(busy.reads.length);

  let quietRequests: string[] | null = null;
  if (work.quiet) {
    await changeSomething(inner, await someone(journal));
    // A change of the very second in which the history is asked proves nothing of it.
    await sleep(2_500);
    await sync.pullNow();
    await sync.idle();
    await sync.pullNow();
    await sync.idle();
    shift = 3_600_000;
    targets.length = 0;
    await sync.pullNow();
    await sync.idle();
    quietRequests = [...targets];
  }
  await sync.stop();
  const { damaged } = await chart.verify();
  if (damaged > 0) throw new Error("the chart is damaged");
  await chart.close();
  await journal.close();
  await Promise.all([chart, journal, reader].map((one) => one.terminate()));
  await ownLine.close();
  const whole = openChartReader({ file: chartFile, key: keys.chart });
  const { resources } = whole.count();
  whole.close();
  return {
    millis,
    targets: firstTargets.filter((target) => !AFTER_BACKFILL.test(target)),
    resources,
    cpuSeconds: used,
    busy: busy && waitsOf(busy),
    idle: idle && waitsOf(idle),
    quietRequests,
  };
}

/** How long each took, in milliseconds. */
interface Times {
  readonly reads: number[];
  readonly saves: number[];
}

/** A nurse who opens one patient after the other and types: what she typed is committed like whatever she saves. */
function workAllTheWhile(
  reader: Remote<Pick<ReaderCalls, "wardBoard" | "patientView">>,
  journal: Pick<Remote<Journal>, "putDraft">,
) {
  const times: Times = { reads: [], saves: [] };
  let goesOn = true;
  let at = 0;
  const once = async (): Promise<void> => {
    const now = new Date().toISOString();
    const begun = performance.now();
    const { rows } = await reader.wardBoard({ now });
    const row = rows.filter(({ patient }) => patient !== null)[at++ % Math.max(rows.length, 1)];
    if (row?.patient != null) {
      const { patient } = row;
      await reader.patientView({ patient, now });
      const read = performance.now();
      const sealed = randomBytes(600);
      await journal.putDraft({ clinician: "nurse-1", patient, kind: "vitals", at, sealed });
      times.reads.push(read - begun);
      times.saves.push(performance.now() - read);
    }
    await sleep(25);
  };
  const running = (async () => {
    while (goesOn) await once();
  })();
  return {
    async stop() {
      goesOn = false;
      await running;
      return times;
    },
    async after(count: number) {
      while (times.reads.length < Math.min(Math.max(count, 100), 400)) await sleep(25);
      return await this.stop();
    },
  };
}

function waitsOf({ reads, saves }: Times): Waits {
  return { readP99: p99(reads), saveP99: p99(saves) };
}

async function someone(journal: {
  scope(): Promise<readonly { patient: string }[]>;
}): Promise<string> {
  const [row] = await journal.scope();
  if (row === undefined) throw new Error("nobody lies on the ward");
  return row.patient;
}

async function changeSomething(his: HisClient, patient: string): Promise<void> {
  const { bytes } = await his.get(`Observation?patient=${patient}&_count=1`);
  const bundle = JSON.parse(new TextDecoder().decode(bytes)) as {
    entry: { resource: { id: string } & Record<string, unknown> }[];
  };
  const resource = bundle.entry[0]?.resource;
  if (resource === undefined) throw new Error("he has no Observation");
  const changed = { ...resource, note: [{ text: "seen again" }] };
  await his.send("PUT", `Observation/${resource.id}`, JSON.stringify(changed));
}

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
}

process.once("message", (work: Work) => {
  void (async () => {
    const found = work.side === "sync" ? await firstSync(work) : await download(work);
    // What a thousand beds were asked is megabytes: not cut off by the end of this process.
    process.send?.(found, () => process.disconnect());
  })();
});
