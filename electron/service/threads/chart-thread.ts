import { setImmediate as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { link } from "../audit/index.ts";
import { openJournal, serveOpened } from "../store/index.ts";
import { createApply, forgetLeft } from "../sync/index.ts";
import type { ChartThread } from "../sync/index.ts";
import { giveWay } from "./give-way.ts";
import { openWholeChart } from "./open-chart.ts";
import { closingHeard, createSignals, isClosing, type Signals } from "./signals.ts";

/** What the event loop gives this thread, while the vault key is in memory. All keys are this thread's own copies. */
export interface ChartThreadData {
  readonly chartFile: string;
  readonly chartKey: Uint8Array;
  readonly create: boolean;
  /** Bring back what can be read before opening: `if-damaged` when it does not open, `now` when damage was seen at work. */
  readonly salvage: "if-damaged" | "now";
  readonly journalFile: string;
  readonly journalKey: Uint8Array;
  readonly inboxKey: Uint8Array;
  readonly ledgerKey: Uint8Array;
  readonly signals?: Signals;
  /** The HIS's base URL with its closing slash: only its references are believed. */
  readonly base: string;
}

export interface ChartCalls extends ChartThread {
  /** Pages wait that have not been applied: it is closed in the midst of bulk. */
  behind(): boolean;
}

/** The chart's one writer: opens the sealed inbox and applies it. */
function handlers(data: ChartThreadData): ChartCalls {
  const { chartKey, journalKey, inboxKey, ledgerKey } = data;
  try {
    const journal = openJournal({
      file: data.journalFile,
      key: journalKey,
      create: false,
      chain: link,
    });
    const { chart, salvage } = openWholeChart(data, journal);
    const signals = data.signals ?? createSignals();
    const apply = createApply({
      chart,
      journal,
      inboxKey,
      ledgerKey,
      base: data.base,
      now: Date.now,
      tick: () => performance.now(),
      pause: async () => {
        await pause();
      },
      closing: closingHeard(signals),
    });
    let bulk = false;
    /** Pages wait that have not been applied. */
    let unfinished = false;
    const isBehind = (): boolean => unfinished || apply.isFilling();
    // Opening was somebody's sign-in; from the first page on nobody waits for this thread.
    const beginBulk = (): void => {
      if (!bulk) giveWay();
      bulk = true;
    };
    return {
      ready: () => ({ salvage }),
      async applyInbox(budgetMs) {
        beginBulk();
        unfinished = true;
        const done = await apply.applyInbox(budgetMs);
        unfinished = done.remaining !== 0;
        return done;
      },
      async applyPage(page) {
        beginBulk();
        const done = await apply.applyPage(page);
        // It waits in the inbox from now on.
        if (done.received === null) unfinished = true;
        return done;
      },
      behind: isBehind,
      useSigningKeys: apply.useSigningKeys,
      held: apply.held,
      settle: apply.settle,
      opine: apply.opine,
      compact: chart.compact,
      verify: chart.verify,
      generation: chart.generation,
      // In the midst of bulk its checkpoint would keep the chart open after a hard lock: the one before is a minute old at most.
      setGeneration: (value) => !(isClosing(signals) && isBehind()) && chart.setGeneration(value),
      forgetLeft: (before) => forgetLeft({ chart, journal }, before),
      close() {
        chart.close();
        journal.close();
        // SECURITY: a sealed PC holds no key of its vault.
        apply.close();
        inboxKey.fill(0);
        ledgerKey.fill(0);
      },
    };
  } finally {
    chartKey.fill(0);
    journalKey.fill(0);
  }
}

if (parentPort === null) throw new Error("the chart's thread is a worker");
serveOpened(parentPort, workerData as ChartThreadData | null, handlers);
