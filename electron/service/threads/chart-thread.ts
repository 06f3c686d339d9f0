import { setImmediate as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { link } from "../audit/index.ts";
import { makeCard } from "../chart/index.ts";
import { openChart, openJournal, serveThread } from "../store/index.ts";
import { createApply } from "../sync/index.ts";
import type { ChartThread } from "../sync/index.ts";

/** What the event loop gives this thread, while the vault key is in memory. All keys are this thread's own copies. */
export interface ChartThreadData {
  readonly chartFile: string;
  readonly chartKey: Uint8Array;
  readonly create: boolean;
  readonly journalFile: string;
  readonly journalKey: Uint8Array;
  readonly inboxKey: Uint8Array;
  readonly ledgerKey: Uint8Array;
  /** The HIS's base URL with its closing slash: only its references are believed. */
  readonly base: string;
}

/** The chart's one writer: opens the sealed inbox and applies it. */
function handlers(data: ChartThreadData): ChartThread {
  const { chartKey, journalKey, inboxKey, ledgerKey } = data;
  const journal = opened(journalKey, () =>
    openJournal({ file: data.journalFile, key: journalKey, create: false, chain: link }),
  );
  const chart = opened(chartKey, () =>
    openChart({ file: data.chartFile, key: chartKey, create: data.create, card: makeCard }),
  );
  const applyInbox = createApply({
    chart,
    journal,
    inboxKey,
    ledgerKey,
    base: data.base,
    now: Date.now,
    tick: () => performance.now(),
    pause: async () => await pause(),
  });
  return {
    ready: () => {},
    applyInbox,
    compact: chart.compact,
    verify: chart.verify,
    generation: chart.generation,
    setGeneration: chart.setGeneration,
    forgetLeft(before) {
      const gone = journal.scope().filter(({ leftAt }) => leftAt !== null && leftAt < before);
      for (const { patient } of gone) {
        // The chart first: a kill in between finds him in the journal and forgets him again.
        chart.forgetPatient(patient);
        journal.forgetPatient(patient);
      }
      return gone.map(({ patient }) => patient);
    },
    close() {
      chart.close();
      journal.close();
      // SECURITY: a sealed PC holds no key of its vault.
      inboxKey.fill(0);
      ledgerKey.fill(0);
    },
  };
}

function opened<T>(key: Uint8Array, open: () => T): T {
  try {
    return open();
  } finally {
    key.fill(0);
  }
}

/** A file that does not open is an answer too: `ready` rejects with the store's code. */
function orWhyNot(open: () => ChartThread): object {
  try {
    return open();
  } catch (error) {
    return {
      ready: () => {
        throw error;
      },
    };
  }
}

if (parentPort === null) throw new Error("the chart's thread is a worker");
serveThread(
  parentPort,
  orWhyNot(() => handlers(workerData as ChartThreadData)),
);
