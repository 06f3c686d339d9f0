import type { ReaderCalls } from "../chart/index.ts";
import type { SigningTrust } from "../guard/index.ts";
import { StoreError, type ChartSalvage, type Remote } from "../store/index.ts";
import { CHART_MOVED, type ChartThread } from "../sync/index.ts";
import type { HeldPack, OpenVault, PurposeKeys } from "../vault/index.ts";
import type { ChartCalls, ChartThreadData } from "../threads/chart-thread.ts";
import type { ReaderThreadData } from "../threads/reader-thread.ts";
import { createSignals, tellClosing, tellLocked, type Signals } from "../threads/signals.ts";
import { exists, type Files } from "./files.ts";
import { copied, createSpares, startThread, type Thread } from "./threads.ts";

/** The chart while a vault is open: its one writer and a reader, each in a thread of its own. */
export interface Records {
  /** @throws StoreError when the file does not open even after salvage */
  open(vault: OpenVault): Promise<void>;
  /** Closes the files and drops the keys. */
  close(): Promise<void>;
  /** After the last `close`: nothing stands ready for an opening any more. */
  dispose(): Promise<void>;
  chart(): Remote<ChartThread> | null;
  /** Reads through the reader's thread. A damaged file is salvaged and read again, once. */
  read<T>(question: (reader: Remote<ReaderCalls>) => Promise<T>): Promise<T>;
  /** There may be another knowledge pack, or other keys whose signatures count. */
  knowledgeChanged(): Promise<void>;
  /** A reading met chunks that cannot be read: salvage, and fetch again what was lost. */
  damageSeen(): void;
  /** Somebody goes: what applies pages stands still until the screen is dark. */
  standStill(): void;
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
  /** What the drug-allergy check looks things up in. */
  readonly knowledge: () => HeldPack | null;
  /** Whose signatures over clinical facts count. */
  readonly signingTrust: () => SigningTrust;
  /** Both files are open in the threads of the chart: which of them is damaged? False: the journal is, and is seen to. */
  readonly isJournalSound: () => Promise<boolean>;
  /** The damaged chart was salvaged: numbers for IT and the trail. */
  readonly onDamage: (report: ChartSalvage) => void;
  readonly onProblem: (error: unknown) => void;
  /** Resolves when nobody stands at the PC and waits: see foreground.ts. */
  readonly calm: () => Promise<void>;
  /** Answers how to cancel. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
}

/** The PC has more urgent things to do in the moments after a start and after a lock. */
const SPARES_MS = 1_000;
/** Reading everything through at once would compete with the board of whoever just signed in. */
const INSPECTION_MS = 3_000;

/** No vault is open: the session was locked hard meanwhile. */
export class RecordsClosed extends Error {
  override readonly name = "RecordsClosed";
}

export function createRecords(room: RecordsRoom): Records {
  const { files } = room;
  let threads: {
    readonly chart: Thread<ChartCalls>;
    readonly reader: Thread<ReaderCalls>;
    readonly signals: Signals;
  } | null = null;
  /** Reads the whole file through; ended with the others, however far it has come. */
  let inspector: Thread<ReaderCalls> | null = null;
  /** The same while it starts; null: the records were closed meanwhile, and it has ended. */
  let arriving: Promise<Thread<ReaderCalls> | null> | null = null;
  // Own copies: the vault of whoever signed in first is closed when a colleague re-opens a locked session.
  let keys: PurposeKeys | null = null;
  let repairing: Promise<void> | null = null;
  let chartFile = files.chart;
  const spares = createSpares(["chart-thread", "reader-thread"]);
  let cancelSpares = room.after(SPARES_MS, spares.lay);
  let cancelInspection = (): void => undefined;

  async function start(
    from: PurposeKeys,
    salvage: ChartThreadData["salvage"],
  ): Promise<NonNullable<typeof threads>> {
    const create = !exists(chartFile);
    const signals = createSignals();
    const { thread: chart, ready } = await startThread<ChartCalls>(
      "chart-thread",
      {
        chartFile,
        chartKey: copied(from.chart),
        create,
        salvage,
        journalFile: files.journal,
        journalKey: copied(room.deviceKey),
        inboxKey: copied(from.inbox),
        ledgerKey: copied(from.ledger),
        signals,
        base: room.base,
      } satisfies ChartThreadData,
      { spares, handOver: CHART_MOVED },
    );
    if (ready.salvage !== null) room.onDamage(ready.salvage);
    const reading = startThread<ReaderCalls>("reader-thread", { ...readerData(from) }, { spares });
    try {
      const [{ thread: reader }] = await Promise.all([reading, room.onOpened(chart, !create)]);
      await Promise.all([
        reader.useKnowledge(room.knowledge()),
        chart.useSigningKeys(room.signingTrust()),
      ]);
      return { chart, reader, signals };
    } catch (error) {
      await reading.then(
        ({ thread }) => closed(thread),
        () => undefined,
      );
      await room.onClosing();
      await chart.close();
      await chart.terminate();
      throw error;
    }
  }

  const readerData = (from: PurposeKeys): ReaderThreadData => ({
    chartFile,
    chartKey: copied(from.chart),
    journalFile: files.journal,
    journalKey: copied(room.deviceKey),
  });

  async function stop(): Promise<void> {
    cancelInspection();
    const old = threads;
    threads = null;
    // SECURITY: P1. A big chart is read for seconds: nothing of it stays open so long after a hard lock.
    const ended = endInspector();
    if (old === null) return await ended;
    tellClosing(old.signals);
    // The last of a file's connections moves its whole log into it, and one that only reads cannot. In the midst of bulk that
    // one is the reader: the log is read at the next opening, as after a kill.
    const isBehind = await old.chart.behind().catch(() => false);
    const readerEnded = isBehind ? null : closed(old.reader);
    await room.onClosing();
    const written = old.chart.close().catch(() => undefined);
    const chartEnded = written.then(() => old.chart.terminate());
    await written;
    await Promise.all([readerEnded ?? closed(old.reader), chartEnded, ended]);
  }

  /** Also one that only starts: a wipe must not find that it opens a file which is being destroyed. */
  async function endInspector(): Promise<void> {
    const inspecting = inspector;
    inspector = null;
    const arrived = arriving?.then(
      async (thread) => {
        if (inspector === thread) inspector = null;
        await thread?.terminate();
      },
      () => undefined,
    );
    await Promise.all([inspecting?.terminate(), arrived]);
  }

  async function startInspector(from: PurposeKeys): Promise<Thread<ReaderCalls> | null> {
    const { thread } = await startThread<ReaderCalls>("reader-thread", { ...readerData(from) });
    if (keys === from) return (inspector = thread);
    await thread.terminate();
    return null;
  }

  /** A page that cannot be read shows while reading: everybody waits for one salvage. */
  function repair(): Promise<void> {
    repairing ??= (async () => {
      const from = keys;
      if (from === null) throw new RecordsClosed("no vault is open");
      if (!(await room.isJournalSound())) throw new StoreError("damaged", "journal.db");
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
    if (keys !== from) return;
    arriving = startInspector(from);
    const thread = await arriving.finally(() => {
      arriving = null;
    });
    if (thread === null) return;
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
      async applyInbox(budgetMs) {
        await room.calm();
        return await noticed(chart.applyInbox(budgetMs));
      },
      async applyPage(page) {
        await room.calm();
        return await chart.applyPage(page);
      },
      async compact(budgetMs) {
        await room.calm();
        return await noticed(chart.compact(budgetMs));
      },
      useSigningKeys: (trust) => chart.useSigningKeys(trust),
      held: (input) => noticed(chart.held(input)),
      settle: (type, id, settlement) => noticed(chart.settle(type, id, settlement)),
      opine: (type, id, claim, opinion) => noticed(chart.opine(type, id, claim, opinion)),
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
      // Those that stand ready are taken now; none are laid while they would only cost memory.
      cancelSpares();
      await stop();
      drop();
      keys = copyOf(vault.keys);
      chartFile = await room.chartFile();
      threads = await start(keys, "if-damaged").catch((error: unknown) => {
        cancelSpares = room.after(SPARES_MS, spares.lay);
        throw error;
      });
      const mine = keys;
      cancelInspection = room.after(INSPECTION_MS, () => void inspect(mine).catch(room.onProblem));
    },
    async close() {
      drop();
      if (repairing !== null) await repairing.catch(() => undefined);
      await stop();
      cancelSpares();
      cancelSpares = room.after(SPARES_MS, spares.lay);
    },
    async dispose() {
      cancelSpares();
      await spares.dispose();
    },
    chart: () => (threads === null ? null : watched(threads.chart)),
    damageSeen,
    standStill() {
      if (threads !== null) tellLocked(threads.signals);
    },
    async knowledgeChanged() {
      if (threads === null) return;
      await Promise.all([
        threads.reader.useKnowledge(room.knowledge()),
        threads.chart.useSigningKeys(room.signingTrust()),
      ]);
    },
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
