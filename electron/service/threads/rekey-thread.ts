import { parentPort, workerData } from "node:worker_threads";
import { link } from "../audit/index.ts";
import {
  moveJournal,
  rekeyVault,
  resealStragglers,
  serveThread,
  type Resealed,
} from "../store/index.ts";

/** What the event loop gives this thread: one piece of work. All keys are this thread's own copies, zeroed after it. */
export type RekeyThreadData =
  | {
      readonly work: "vault";
      readonly journalFile: string;
      readonly journalKey: Uint8Array;
      readonly chartFrom: string | null;
      readonly chartTo: string;
      readonly chartKey: Uint8Array;
      readonly inboxKey: Uint8Array;
      readonly ledgerKey: Uint8Array;
      readonly draftsKey: Uint8Array;
      readonly nextChartKey: Uint8Array;
      readonly nextInboxKey: Uint8Array;
      readonly nextLedgerKey: Uint8Array;
      readonly nextDraftsKey: Uint8Array;
      readonly slots: readonly { clinician: string; epoch: number; sealed: Uint8Array }[];
      readonly meta: Readonly<Record<string, string>>;
      readonly audit: readonly string[];
    }
  | {
      readonly work: "stragglers";
      readonly journalFile: string;
      readonly journalKey: Uint8Array;
      readonly chartKey: Uint8Array;
      readonly inboxKey: Uint8Array;
      readonly ledgerKey: Uint8Array;
      readonly draftsKey: Uint8Array;
      readonly last: boolean;
    }
  | {
      readonly work: "device";
      readonly file: string;
      readonly workstation: string;
      readonly from: Uint8Array;
      readonly to: Uint8Array;
      readonly meta: Readonly<Record<string, string>>;
    };

/** Keys made new: seconds of work on a large chart, so not on a thread that anybody waits for. */
export interface RekeyThread {
  ready(): void;
  vault(): Promise<Resealed>;
  stragglers(): Promise<number>;
  device(): string;
}

const data = workerData as RekeyThreadData;
const step = (): void => undefined;

function zero(): void {
  for (const value of Object.values(data)) if (value instanceof Uint8Array) value.fill(0);
}

/** A call that does not fit what the thread was started for is a fault of this program. */
function given<K extends RekeyThreadData["work"]>(work: K): Extract<RekeyThreadData, { work: K }> {
  if (data.work !== work) throw new TypeError("the thread was started for other work");
  return data as Extract<RekeyThreadData, { work: K }>;
}

async function vault(): Promise<Resealed> {
  const { journalFile, journalKey, chartFrom, chartTo, slots, meta, audit, ...keys } =
    given("vault");
  try {
    return await rekeyVault(
      {
        journalFile,
        journalKey,
        chartFrom,
        chartTo,
        slots,
        meta,
        audit,
        from: {
          chart: keys.chartKey,
          inbox: keys.inboxKey,
          ledger: keys.ledgerKey,
          drafts: keys.draftsKey,
        },
        to: {
          chart: keys.nextChartKey,
          inbox: keys.nextInboxKey,
          ledger: keys.nextLedgerKey,
          drafts: keys.nextDraftsKey,
        },
      },
      { chain: link, now: () => performance.now(), step },
    );
  } finally {
    zero();
  }
}

async function stragglers(): Promise<number> {
  const { journalFile, journalKey, last, ...keys } = given("stragglers");
  try {
    return await resealStragglers(
      {
        journalFile,
        journalKey,
        last,
        keys: {
          chart: keys.chartKey,
          inbox: keys.inboxKey,
          ledger: keys.ledgerKey,
          drafts: keys.draftsKey,
        },
      },
      () => performance.now(),
    );
  } finally {
    zero();
  }
}

function device(): string {
  const { file, workstation, from, to, meta } = given("device");
  try {
    return moveJournal({
      file,
      from: { workstation, deviceKey: from },
      to: { workstation, deviceKey: to },
      meta,
      step,
    });
  } finally {
    zero();
  }
}

if (parentPort === null) throw new Error("the rekey thread is a worker");
serveThread(parentPort, {
  ready: () => undefined,
  vault,
  stragglers,
  device,
} satisfies RekeyThread);
