import type { ReaderCalls } from "../chart/index.ts";
import { StoreError, type ChartSalvage, type Remote } from "../store/index.ts";
import type { ChartThread } from "../sync/index.ts";
import type { OpenVault, PurposeKeys } from "../vault/index.ts";
import type { ChartThreadData } from "../threads/chart-thread.ts";
import { exists, type Files } from "./files.ts";
import { copied, startThread, type Thread } from "./threads.ts";

/** The chart while a vault is open: its one writer and a reader, each in a thread of its own. */
export interface Records {
  /** @throws StoreError when the file does not open even after salvage */
  open(vault: OpenVault): Promise<void>;
  /** Closes the files and drops the keys. */
  close(): Promise<void>;
  chart(): Remote<ChartThread> | null;
  /** Reads through the reader's thread. A damaged file is salvaged and read again, once. */
  read<T>(question: (reader: Remote<ReaderCalls>) => Promise<T>): Promise<T>;
  /** A reading met chunks that cannot be read: salvage, and fetch again what was lost. */
  damageSeen(): void;
}

export interface RecordsRoom {
  readonly files: Files;
  readonly deviceKey: Uint8Array;
  readonly base: string;
  /** Of the vault as it is now: a rotation gives the chart another file. */
  readonly chartFile: () => Promise<string>;
  /** The writer's thread has opened: its generation can be judged. `existed`: the file was there before. */
  readonly onOpened: (chart: Thread<ChartThread>, existed: boolean) => Promise<void>;
  readonly onClosing: () => Promise<void>;
  /** The damaged chart was salvaged: numbers for IT and the trail. */
  readonly onDamage: (report: ChartSalvage) => void;
  readonly onProblem: (error: unknown) => void;
}

/** No vault is open: the session was locked hard meanwhile. */
export class RecordsClosed extends Error {
  override readonly name = "RecordsClosed";
}

export function createRecords(room: RecordsRoom): Records {
  const { files } = room;
  let threads: { chart: Thread<ChartThread>; reader: Thread<ReaderCalls> } | null = null;
  /** Reads the whole file through; ended with the others, however far it has come. */
  let inspector: Thread<ReaderCalls> | null = null;
  // Own copies: the vault of whoever signed in first is closed when a colleague re-opens a locked session.
  let keys: PurposeKeys | null = null;
  let repairing: Promise<void> | null = null;
  let chartFile = files.chart;

  async function start(
    from: PurposeKeys,
    salvage: ChartThreadData["salvage"],
  ): Promise<NonNullable<typeof threads>> {
    const create = !exists(chartFile);
    const { thread: chart, ready } = await startThread<ChartThread>("chart-thread", {
      chartFile,
      chartKey: copied(from.chart),
      create,
      salvage,
      journalFile: files.journal,
      journalKey: copied(room.deviceKey),
      inboxKey: copied(from.inbox),
      ledgerKey: copied(from.ledger),
      base: room.base,
    } satisfies ChartThreadData);
    if (ready.salvage !== null) room.onDamage(ready.salvage);
    try {
      await room.onOpened(chart, !create);
      const { thread: reader } = await startThread<ReaderCalls>("reader-thread", {
        chartFile,
        chartKey: copied(from.chart),
        journalFile: files.journal,
        journalKey: copied(room.deviceKey),
      });
      return { chart, reader };
    } catch (error) {
      await room.onClosing();
      await chart.close();
      await chart.terminate();
      throw error;
    }
  }

  async function stop(): Promise<void> {
    const old = threads;
    const inspecting = inspector;
    threads = null;
    inspector = null;
    // SECURITY: P1. A big chart is read for seconds: nothing of it stays open so long after a hard lock.
    const ended = inspecting?.terminate();
    if (old === null) return await ended;
    const readerEnded = closed(old.reader);
    await room.onClosing();
    await Promise.all([closed(old.chart), readerEnded, ended]);
  }

  /** A page that cannot be read shows while reading: everybody waits for one salvage. */
  function repair(): Promise<void> {
    repairing ??= (async () => {
      const from = keys;
      if (from === null) throw new RecordsClosed("no vault is open");
      await stop();
      const started = await start(from, "now");
      if (keys === from) threads = started;
      else for (const thread of [started.reader, started.chart]) await thread.terminate();
    })().finally(() => {
      repairing = null;
    });
    return repairing;
  }

  /**
   * Reads the whole file once after it was opened, in a thread of its own: a flipped bit shows only when its page is read,
   * and `cipher_integrity_check` of this engine says nothing.
   */
  async function inspect(from: PurposeKeys): Promise<void> {
    const { thread } = await startThread<ReaderCalls>("reader-thread", {
      chartFile,
      chartKey: copied(from.chart),
      journalFile: files.journal,
      journalKey: copied(room.deviceKey),
    });
    if (keys !== from) return await thread.terminate();
    inspector = thread;
    let damaged = 0;
    try {
      ({ damaged } = await thread.verify());
    } catch (error) {
      // Ended with the records.
      if (inspector !== thread) return;
      if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
      damaged = 1;
    } finally {
      if (inspector === thread) inspector = null;
      await thread.close().catch(() => undefined);
      await thread.terminate();
    }
    if (damaged > 0 && keys === from) await repair();
  }

  // SECURITY: P1. A sealed PC holds no key of its vault.
  function drop(): void {
    for (const key of Object.values(keys ?? {})) key.fill(0);
    keys = null;
  }

  function damageSeen(): void {
    if (keys !== null) repair().catch(room.onProblem);
  }

  /** The chart as the sync sees it: a write that meets a bad page is rolled back there, and salvaged here. */
  function watched(chart: Remote<ChartThread>): Remote<ChartThread> {
    const noticed = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (error instanceof StoreError && error.code === "damaged") damageSeen();
        throw error;
      }
    };
    return {
      ready: () => chart.ready(),
      applyInbox: (budgetMs) => noticed(chart.applyInbox(budgetMs)),
      compact: (budgetMs) => noticed(chart.compact(budgetMs)),
      verify: () => chart.verify(),
      generation: () => chart.generation(),
      setGeneration: (value) => chart.setGeneration(value),
      forgetLeft: (before) => noticed(chart.forgetLeft(before)),
      close: () => chart.close(),
    };
  }

  async function ask<T>(question: (reader: Remote<ReaderCalls>) => Promise<T>): Promise<T> {
    if (repairing !== null) await repairing;
    if (threads === null) throw new RecordsClosed("no vault is open");
    return await question(threads.reader);
  }

  return {
    async open(vault) {
      await stop();
      drop();
      keys = copyOf(vault.keys);
      chartFile = await room.chartFile();
      threads = await start(keys, "if-damaged");
      inspect(keys).catch(room.onProblem);
    },
    async close() {
      drop();
      if (repairing !== null) await repairing.catch(() => undefined);
      await stop();
    },
    chart: () => (threads === null ? null : watched(threads.chart)),
    damageSeen,
    async read(question) {
      try {
        return await ask(question);
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
        await repair();
        return await ask(question);
      }
    },
  };
}

async function closed(thread: Thread<{ close(): void }>): Promise<void> {
  await thread.close().catch(() => undefined);
  await thread.terminate();
}

function copyOf({ chart, inbox, ledger, drafts }: PurposeKeys): PurposeKeys {
  return {
    chart: copied(chart),
    inbox: copied(inbox),
    ledger: copied(ledger),
    drafts: copied(drafts),
  };
}
