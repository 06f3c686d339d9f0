import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { link } from "../audit/index.ts";
import { factLedger } from "../guard/index.ts";
import type { AcceptedFact } from "../guard/index.ts";
import { createHisClient } from "../his/index.ts";
import type { CardMaker, ChartWriter, Remote } from "../store/index.ts";
import { openChart, openJournal } from "../store/index.ts";
import { createPageSealer, INBOX_INFO, inboxBinding, sealingKeyOf } from "../vault/index.ts";
import { createApply } from "./apply.ts";
import { forgetLeft } from "./forget-left.ts";
import { makeGoodLostWork } from "./lost-work.ts";
import { createReceiver } from "./receive.ts";
import { createSync } from "./sync.ts";
import type { SyncOptions } from "./sync-options.ts";
import type { SyncChange, SyncTimers } from "./hints.ts";
import type { PushEvent } from "./push-parts.ts";
import { BASE } from "./test-his.ts";
import type { TestHis } from "./test-his.ts";
import type { ChartThread, JournalThread, SyncAlarm, SyncPolicy } from "./types.ts";

/** What a test may put in place of this file's own: time, chance, the network, and what stands before the two files. */
export interface TestWorld {
  /** Where the folder with the files is made. */
  readonly home: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly timers: SyncTimers;
  readonly fetch: typeof globalThis.fetch;
  /** Where the HIS is; by default the one in memory. */
  readonly base?: string;
  /** Around the calls of a file, where a kill strikes; `close` must stay the file's own. */
  readonly around: <T extends object>(file: "journal" | "chart", calls: T) => T;
  readonly remote: <T extends object>(thread: T) => Remote<T>;
  /** What the board is made of; by default nothing. */
  readonly card?: CardMaker;
}

/** A workstation for tests: both encrypted files in a folder of its own, the threads' work done in the test's process. */
export interface TestPc {
  readonly journal: JournalThread;
  chart: ChartWriter;
  readonly thread: ChartThread;
  readonly sync: ReturnType<typeof createSync>;
  readonly alarms: SyncAlarm[];
  readonly changes: SyncChange[];
  readonly statements: string[];
  readonly events: PushEvent[];
  readonly acknowledged: string[];
  /** Opens and closes the chart, as sign-in and hard lock do. */
  open: boolean;
  /** What the control key says of the HIS. */
  believed: boolean;
  now: number;
  readonly ledgerKey: Uint8Array;
  /** Both files with their keys, for whoever opens them beside this PC. */
  readonly files: Readonly<
    Record<"journal" | "chart", { readonly file: string; readonly key: Uint8Array }>
  >;
  /** What the ledger holds of a safety-critical fact. */
  fact(type: string, id: string): AcceptedFact | null;
  /** A page put in the inbox past the puller. */
  seal(
    page: { kind: "backfill" | "pull" | "scope"; type: string; patient: string | null },
    bytes: Uint8Array,
  ): Promise<Uint8Array>;
  /** Both files closed without a word, then opened again: what a kill leaves behind. */
  restart(world?: Partial<TestWorld>): TestPc;
  dispose(): void;
}

export const WARD = "ward-7";

export const POLICY: SyncPolicy = {
  wards: [WARD],
  intervalSeconds: 30,
  overlapSeconds: 30,
  pageSize: 50,
  parallel: 3,
  retentionHours: 24,
  acknowledgedDays: 14,
};

interface Secrets {
  readonly folder: string;
  readonly device: Uint8Array;
  readonly keys: { chart: Uint8Array; inbox: Uint8Array; ledger: Uint8Array; drafts: Uint8Array };
}

export function createTestPc(
  his: Pick<TestHis, "fetch" | "clock">,
  change: Partial<SyncPolicy> = {},
  world: Partial<TestWorld> = {},
): TestPc {
  const key = (): Uint8Array => Uint8Array.from(randomBytes(32));
  const secrets = {
    folder: mkdtempSync(join(world.home ?? tmpdir(), "sync-")),
    device: key(),
    keys: { chart: key(), inbox: key(), ledger: key(), drafts: key() },
  };
  return boot(his, { ...POLICY, ...change }, secrets, world);
}

function boot(
  his: Pick<TestHis, "fetch" | "clock">,
  policy: SyncPolicy,
  secrets: Secrets,
  world: Partial<TestWorld>,
): TestPc {
  const {
    now = () => pc.now,
    around = (_file, calls) => calls,
    remote: seen = remote,
    fetch = async (input, init) => await his.fetch(input, init),
    base = BASE,
    card = () => null,
  } = world;
  const { folder, device, keys } = secrets;
  const publicKey = sealingKeyOf(keys);
  const plain = around(
    "journal",
    openJournal({
      file: join(folder, "journal.db"),
      key: Uint8Array.from(device),
      create: true,
      chain: link,
    }),
  );
  const chart = around(
    "chart",
    openChart({
      file: join(folder, "chart.db"),
      key: Uint8Array.from(keys.chart),
      create: true,
      card,
    }),
  );
  makeGoodLostWork({ chart, journal: plain, ledgerKey: keys.ledger });
  const journal: JournalThread = {
    ...plain,
    ...createReceiver({ journal: plain, sealingKey: publicKey, now, gatherMs: 0 }),
    ready: () => {},
  };
  const apply = createApply({
    // Read anew each time, so that a test can put a fault in the chart's way.
    chart: new Proxy(chart, { get: (_target, name) => Reflect.get(pc.chart, name) as unknown }),
    journal,
    inboxKey: keys.inbox,
    ledgerKey: keys.ledger,
    base,
    now,
    tick: () => 0,
    pause: async () => {},
    gatherMs: 0,
  });
  const thread: ChartThread = {
    ready: () => ({ salvage: null }),
    applyInbox: apply.applyInbox,
    applyPage: apply.applyPage,
    useSigningKeys: apply.useSigningKeys,
    held: apply.held,
    settle: apply.settle,
    opine: apply.opine,
    compact: () => false,
    verify: chart.verify,
    forgetLeft: (before) => forgetLeft({ chart, journal }, before),
    generation: chart.generation,
    setGeneration: chart.setGeneration,
    close: () => {},
  };
  const options: SyncOptions = {
    his: createHisClient({
      baseUrl: base,
      signIn: null,
      fetch,
      now,
      random: () => "jti",
    }),
    journal: seen(journal),
    chart: () => (pc.open ? seen(thread) : null),
    policy,
    now,
    random: world.random ?? (() => 0.5),
    // Time stands still unless a test moves it: rounds are asked for by name.
    timers: world.timers ?? { after: (ms, callback) => (ms <= 200 ? soon(callback) : () => {}) },
    log: () => {},
    onStatements: async (jws) => void pc.statements.push(...jws),
    onOver: async (uuids) => void pc.acknowledged.push(...uuids),
    onUnsentAgain: async () => {},
    onChange: (change) => pc.changes.push(change),
    onAlarm: (alarm) => pc.alarms.push(alarm),
    auditOf: (event) => {
      pc.events.push(event);
      return [];
    },
    believed: () => pc.believed,
    carry: () => Promise.resolve(),
  };
  const pc: TestPc = {
    journal,
    chart,
    thread,
    alarms: [],
    changes: [],
    statements: [],
    events: [],
    acknowledged: [],
    open: true,
    believed: true,
    now: his.clock,
    sync: null as unknown as TestPc["sync"],
    ledgerKey: keys.ledger,
    files: {
      journal: { file: join(folder, "journal.db"), key: device },
      chart: { file: join(folder, "chart.db"), key: keys.chart },
    },
    fact(type, id) {
      const facts = factLedger(journal, keys.ledger).read([{ type, id }], () => {
        throw new Error("the ledger cannot be read");
      });
      return facts.get(`${type}/${id}`) ?? null;
    },
    seal: async ({ kind, type, patient }, bytes) =>
      await createPageSealer(publicKey, INBOX_INFO, () => 0).seal(
        inboxBinding(kind, type, patient),
        bytes,
      ),
    restart(next = world) {
      plain.close();
      chart.close();
      return boot(his, policy, secrets, next);
    },
    dispose() {
      plain.close();
      chart.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return Object.assign(pc, { sync: createSync(options) });
}

function soon(callback: () => void): () => void {
  const handle = setImmediate(callback);
  return () => clearImmediate(handle);
}

/** The event loop's view of a thread: the same calls, answered later. */
export function remote<T extends object>(thread: T): Remote<T> {
  return new Proxy(thread, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as unknown;
      return typeof call === "function"
        ? async (...values: unknown[]): Promise<unknown> =>
            await (call as (...v: unknown[]) => unknown)(...values)
        : call;
    },
  }) as unknown as Remote<T>;
}
