import { makeCard } from "../chart/index.ts";
import { generationInFile, openChart, salvageChart, StoreError } from "../store/index.ts";
import type { ChartSalvage, Journal } from "../store/index.ts";
import {
  everything,
  holdAgainstLedger,
  makeGoodLostWork,
  SECTION_TYPES,
  WARD_TYPES,
  wantListing,
} from "../sync/index.ts";

/** In the journal's meta: this PC has had a chart. */
const CHART_MADE = "chart.made";

export interface ChartToOpen {
  readonly chartFile: string;
  readonly chartKey: Uint8Array;
  readonly create: boolean;
  readonly salvage: "if-damaged" | "now";
  readonly ledgerKey: Uint8Array;
}

/**
 * The chart, whatever had become of its file: made anew, salvaged, or without its last commits. Before anybody reads it, what is
 * safety-critical is as the ledger has it, and what is missing is wanted of the HIS.
 */
export function openWholeChart(data: ChartToOpen, journal: Journal) {
  const { ledgerKey } = data;
  // A chart that was there before and is gone: what it held is fetched again. The first one finds all in the inbox.
  const wasThere = journal.meta()[CHART_MADE] !== undefined;
  if (data.create && wasThere) journal.wantBackfill(everything(journal));
  const { chart, salvage } = openOrSalvage(data, journal);
  if ((data.create && wasThere) || salvage !== null)
    holdAgainstLedger({ chart, journal, ledgerKey });
  const lostWork = makeGoodLostWork({ chart, journal, ledgerKey });
  if (!wasThere) journal.setMeta({ [CHART_MADE]: "1" });
  return { chart, salvage, lostWork };
}

function openOrSalvage(data: ChartToOpen, journal: Journal) {
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
