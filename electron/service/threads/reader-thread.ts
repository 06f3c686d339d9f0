import { parentPort, workerData } from "node:worker_threads";
import { readerCalls, rehearse } from "../chart/index.ts";
import type { ReaderCalls } from "../chart/index.ts";
import { openActReader, openChartReader, serveOpened } from "../store/index.ts";
import { giveWay } from "./give-way.ts";

/** What the event loop gives this thread, while the vault key is in memory. Keys are this thread's own copies. */
export interface ReaderThreadData {
  readonly chartFile: string;
  readonly chartKey: Uint8Array;
  readonly journalFile: string;
  /** The device key. */
  readonly journalKey: Uint8Array;
}

/** The ward's records and this PC's own acts, read-only. */
function handlers(data: ReaderThreadData): ReaderCalls & { ready(): void } {
  const { chartKey, journalKey } = data;
  try {
    const chart = openChartReader({ file: data.chartFile, key: chartKey });
    try {
      const acts = openActReader({ file: data.journalFile, key: journalKey });
      const calls = readerCalls(chart, acts);
      return {
        ...calls,
        ready: () => {},
        // Seconds of work on a big chart, in a thread that was started for nothing else.
        verify() {
          giveWay();
          return calls.verify();
        },
        // A lock: the screen that goes dark goes before all that a thread takes down when it ends.
        close() {
          giveWay();
          calls.close();
        },
      };
    } catch (error) {
      chart.close();
      throw error;
    }
  } finally {
    // SECURITY: the engine has its own copies now; these do not stay in the thread's memory.
    chartKey.fill(0);
    journalKey.fill(0);
  }
}

if (parentPort === null) throw new Error("the reader's thread is a worker");
serveOpened(parentPort, workerData as ReaderThreadData | null, handlers);
// It stands ready for whoever signs in next.
if (workerData === null) rehearse();
