/** Two guarded files and a keychain in one folder, opened as the service opens them. Never shipped. */
import { join } from "node:path";
import { link } from "../audit/index.ts";
import {
  generationInFile,
  openChart,
  openJournal,
  salvageChart,
  salvageJournal,
  StoreError,
  UNREADABLE,
} from "../store/index.ts";
import { createGenerations, type Generations, type Verdict } from "../vault/index.ts";
import { fileKeychain } from "./file-keychain.ts";

const KEY = new Uint8Array(32).fill(0x5a);
export const GUARDED = ["journal", "chart"] as const;

const nameIn = (folder: string, name: string): string => join(folder, `${name}.db`);

/** A damaged file is salvaged first, as at a start. */
function opened<T extends { generation(): number }>(
  file: string,
  open: () => T,
  salvage: (options: { file: string; key: Uint8Array; before: number }) => unknown,
): T {
  const before = generationInFile(file, KEY);
  try {
    return open();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
    salvage({ file, key: KEY, before });
    return open();
  }
}

export interface OpenedFolder {
  readonly guard: Generations;
  readonly verdicts: readonly Verdict[];
  readonly journal: ReturnType<typeof openJournal>;
  readonly chart: ReturnType<typeof openChart>;
  close(): void;
}

export async function openFolder(folder: string, first: boolean): Promise<OpenedFolder> {
  const guard = createGenerations({ keychain: fileKeychain(join(folder, "keychain.json")) });
  const journalFile = nameIn(folder, "journal");
  const chartFile = nameIn(folder, "chart");
  const create = { create: true, key: KEY };
  const journal = opened(
    journalFile,
    () => openJournal({ file: journalFile, chain: link, ...create }),
    salvageJournal,
  );
  const chart = opened(
    chartFile,
    () => openChart({ file: chartFile, card: () => ({}), ...create }),
    salvageChart,
  );
  const verdicts: Verdict[] = [];
  for (const [name, file] of [
    ["journal", journal],
    ["chart", chart],
  ] as const) {
    const generation = file.generation();
    const found = generation === UNREADABLE ? "unreadable" : generation;
    verdicts.push(await guard.judge(name, first ? "none" : found));
    guard.attach(name, async (value) => file.setGeneration(value));
  }
  return {
    guard,
    verdicts,
    journal,
    chart,
    close() {
      journal.close();
      chart.close();
    },
  };
}
