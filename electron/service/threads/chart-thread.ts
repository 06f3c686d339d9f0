import { setImmediate as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { link } from "../audit/index.ts";
import { makeCard } from "../chart/index.ts";
import {
  generationInFile,
  openChart,
  openJournal,
  salvageChart,
  serveOpened,
  StoreError,
  WARD_PATIENT,
} from "../store/index.ts";
import type { ChartSalvage, Journal } from "../store/index.ts";
import {
  createApply,
  createHolds,
  holdAgainstLedger,
  leftBefore,
  SECTION_TYPES,
  WARD_TYPES,
  wantListing,
} from "../sync/index.ts";
import type { ChartThread } from "../sync/index.ts";
import { giveWay } from "./give-way.ts";

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
  /** Shared: not 0 once the chart is to be closed, which a message would say only after the work under way. */
  readonly closing?: Int32Array;
  /** The HIS's base URL with its closing slash: only its references are believed. */
  readonly base: string;
}

/** In the journal's meta: this PC has had a chart. */
const CHART_MADE = "chart.made";

/** The chart's one writer: opens the sealed inbox and applies it. */
function handlers(data: ChartThreadData): ChartThread {
  const { chartKey, journalKey, inboxKey, ledgerKey } = data;
  try {
    const journal = openJournal({
      file: data.journalFile,
      key: journalKey,
      create: false,
      chain: link,
    });
    // A chart that was there before and is gone: what it held is fetched again. The first one finds all in the inbox.
    const wasThere = journal.meta()[CHART_MADE] !== undefined;
    if (data.create && wasThere) journal.wantBackfill(everything(journal));
    const { chart, salvage } = openOrSalvage(data, journal);
    if ((data.create && wasThere) || salvage !== null)
      holdAgainstLedger({ chart, journal, ledgerKey });
    if (!wasThere) journal.setMeta({ [CHART_MADE]: "1" });
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
      closing: () => data.closing !== undefined && Atomics.load(data.closing, 0) !== 0,
    });
    let bulk = false;
    return {
      ready: () => ({ salvage }),
      async applyInbox(budgetMs) {
        // Opening was somebody's sign-in; from the first page on nobody waits for this thread.
        if (!bulk) giveWay();
        bulk = true;
        return await apply.applyInbox(budgetMs);
      },
      useSigningKeys: apply.useSigningKeys,
      ...createHolds({ chart, journal, ledgerKey }),
      compact: chart.compact,
      verify: chart.verify,
      generation: chart.generation,
      setGeneration: chart.setGeneration,
      forgetLeft(before) {
        const gone = leftBefore(journal.scope(), before);
        for (const patient of gone) {
          // The chart first: after a kill in between he is still in the journal, and is forgotten again.
          chart.forgetPatient(patient);
          journal.forgetPatient(patient);
        }
        return gone;
      },
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

function openOrSalvage(data: ChartThreadData, journal: Journal) {
  const before = generationInFile(data.chartFile, data.chartKey);
  const open = () =>
    openChart({ file: data.chartFile, key: data.chartKey, create: data.create, card: makeCard });
  if (data.salvage === "if-damaged") {
    try {
      return { chart: open(), salvage: null };
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
    }
  }
  const salvage = salvageChart({ file: data.chartFile, key: data.chartKey, before });
  // Wanted before anything is shown: a kill from here on still fetches it.
  journal.wantBackfill(lost(salvage, journal));
  wantListing(journal, [...new Set(lost(salvage, journal).map(({ type }) => type))]);
  return { chart: open(), salvage };
}

/** What the HIS is asked for again; what could not be told apart costs all. */
function lost(
  salvage: ChartSalvage,
  journal: Journal,
): readonly { patient: string; type: string }[] {
  const known = new Set<string>([...SECTION_TYPES, ...WARD_TYPES]);
  return salvage.fetchAgain
    ? everything(journal)
    : salvage.sections.filter(({ type }) => known.has(type));
}

/** All that a chart holds, for one that holds nothing yet: the puller's cursors are of the chart before. */
function everything(journal: Journal): readonly { patient: string; type: string }[] {
  const patients = journal
    .scope()
    .flatMap(({ patient }) => SECTION_TYPES.map((type) => ({ patient, type })));
  return [...patients, ...WARD_TYPES.map((type) => ({ patient: WARD_PATIENT, type }))];
}

if (parentPort === null) throw new Error("the chart's thread is a worker");
serveOpened(parentPort, workerData as ChartThreadData | null, handlers);
