import { parentPort, workerData } from "node:worker_threads";
import { link } from "../audit/index.ts";
import { openJournal, serveOpened } from "../store/index.ts";
import { createReceiver } from "../sync/index.ts";
import type { JournalThread } from "../sync/index.ts";
import { giveWay } from "./give-way.ts";

/** What the event loop gives this thread. */
export interface JournalThreadData {
  readonly file: string;
  /** The device key; this thread's copy, zeroed once the file is open. */
  readonly key: Uint8Array;
  readonly create: boolean;
  /** Every page is read before it is used: see `openJournal`. */
  readonly check: boolean;
  /** The vault's public sealing key; null until this PC has a vault. */
  readonly sealingKey: Uint8Array | null;
  /** Nobody waits for what it does: it works with what the others leave. */
  readonly bulk?: boolean;
}

/** All of journal.db, and the pages of the HIS on their way into it. */
function handlers(data: JournalThreadData): JournalThread {
  const { file, key, create, check, sealingKey, bulk } = data;
  try {
    const journal = openJournal({ file, key, create, check, chain: link });
    return {
      ...journal,
      ...createReceiver({ journal, sealingKey, now: Date.now }),
      ready: () => {
        if (bulk === true) giveWay();
      },
    };
  } finally {
    key.fill(0);
  }
}

if (parentPort === null) throw new Error("the journal's thread is a worker");
serveOpened(parentPort, workerData as JournalThreadData | null, handlers);
