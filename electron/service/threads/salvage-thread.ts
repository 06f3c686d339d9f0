import { parentPort, workerData } from "node:worker_threads";
import { salvageJournal, serveThread } from "../store/index.ts";
import type { JournalSalvage } from "../store/index.ts";

/** What the event loop gives this thread: the damaged journal, which no other thread has open. */
export interface SalvageThreadData {
  readonly file: string;
  readonly key: Uint8Array;
  /** `generationInFile` from before the file was tried. */
  readonly before?: number;
}

/** Works for seconds on a large file, so not on a thread that anybody waits for. */
export interface SalvageThread {
  ready(): void;
  journal(): JournalSalvage;
}

const data = workerData as SalvageThreadData;

function once<T>(salvage: (options: SalvageThreadData) => T): T {
  try {
    return salvage(data);
  } finally {
    data.key.fill(0);
  }
}

if (parentPort === null) throw new Error("the salvage thread is a worker");
serveThread(parentPort, {
  ready: () => undefined,
  journal: () => once(salvageJournal),
} satisfies SalvageThread);
