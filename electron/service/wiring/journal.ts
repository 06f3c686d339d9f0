import {
  generationInFile,
  StoreError,
  type Journal,
  type JournalSalvage,
  type Remote,
} from "../store/index.ts";
import { readSealingKey, type DeviceSecrets } from "../vault/index.ts";
import {
  listingsWanted,
  MOVED,
  RECEIVING,
  SECTION_TYPES,
  type JournalThread,
} from "../sync/index.ts";
import type { JournalThreadData } from "../threads/journal-thread.ts";
import type { SalvageThread } from "../threads/salvage-thread.ts";
import { exists, type Files } from "./files.ts";
import { copied, startThread, type Thread } from "./threads.ts";

/**
 * Opens the journal in its threads. A damaged one is salvaged row by row into a new file first; the damaged file is kept
 * aside, and what the HIS can give again is wanted again.
 * @throws StoreError when it does not open even so (`wrong-key`, `plain-file`, `disk-full`, …)
 */
export async function startJournal(room: {
  readonly files: Files;
  readonly device: DeviceSecrets;
  /** A call met a page that cannot be read: nothing here mends it, a start does. */
  readonly onDamage: () => void;
}): Promise<{ journal: Thread<JournalThread>; salvaged: JournalSalvage | null }> {
  const { files, device } = room;
  const start = async (check: boolean): Promise<Thread<JournalThread>> => {
    const create = !exists(files.journal);
    const data = { file: files.journal, key: device.deviceKey, create, check };
    return watched(await journalThreads(data), room.onDamage);
  };
  // Read before the file is tried: a failed opening takes the log into the file, and an older file would look like today's.
  const before = generationInFile(files.journal, device.deviceKey);
  try {
    return { journal: await start(true), salvaged: null };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "damaged") throw error;
    const salvaged = await salvage(files.journal, device.deviceKey, before);
    // What salvage has written is used as it is: a second finding would close the PC for good.
    const journal = await start(false);
    if (salvaged.fetchAgain) await wantEverything(journal);
    return { journal, salvaged };
  }
}

/**
 * Opens the journal as it is in its two threads, made and checked only when that is asked for. The keys are borrowed.
 * @throws StoreError when it does not open
 */
export async function journalThreads({
  file,
  key,
  create = false,
  check = false,
  sealingKey = null,
}: Pick<JournalThreadData, "file" | "key"> & Partial<JournalThreadData>): Promise<
  Thread<JournalThread>
> {
  const open = async (
    how: Pick<JournalThreadData, "create" | "check" | "bulk">,
  ): Promise<Thread<JournalThread>> => {
    const own = { file, ...how, key: copied(key), sealingKey: sealingKey && copied(sealingKey) };
    // Copying would be this thread's work, and it is the one that must hear of a badge that is taken.
    const { thread } = await startThread<JournalThread>("journal-thread", own, { handOver: MOVED });
    return thread;
  };
  const journal = await open({ create, check, bulk: false });
  try {
    return together(journal, await open({ create: false, check: false, bulk: true }));
  } catch (error) {
    await journal.terminate();
    throw error;
  }
}

/** What ends it may fail on a damaged file and tells nothing new. */
const ENDINGS = new Set<string | symbol>(["close", "terminate"]);

/** One file, two threads: pages of the HIS by the thousand (`receiving`), and all that somebody waits for. */
export function together(
  journal: Thread<JournalThread>,
  receiving: Thread<JournalThread>,
): Thread<JournalThread> {
  const ending = (name: "close" | "terminate") => async (): Promise<void> => {
    try {
      await receiving[name]();
    } finally {
      await journal[name]();
    }
  };
  const ended = { close: ending("close"), terminate: ending("terminate") };
  return new Proxy(ended as Thread<JournalThread>, {
    get: (_, name) =>
      Reflect.get(
        Object.hasOwn(ended, name) ? ended : Object.hasOwn(RECEIVING, name) ? receiving : journal,
        name,
      ),
  });
}

function watched<T extends object>(thread: T, onDamage: () => void): T {
  return new Proxy(thread, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function" || ENDINGS.has(name)) return call;
      return async (...values: unknown[]) => {
        try {
          return (await Reflect.apply(call, target, values)) as unknown;
        } catch (error) {
          if (error instanceof StoreError && error.code === "damaged") onDamage();
          throw error;
        }
      };
    },
  });
}

async function salvage(file: string, key: Uint8Array, before: number): Promise<JournalSalvage> {
  const data = { file, key: copied(key), before };
  const { thread } = await startThread<SalvageThread>("salvage-thread", data);
  try {
    return await thread.journal();
  } finally {
    await thread.terminate();
  }
}

/** Tells the journal's receiving thread the key that pages are sealed to, as soon as there is one. */
export async function tellSealingKey(journal: Remote<JournalThread>): Promise<void> {
  const key = readSealingKey(await journal.meta());
  if (key !== null && !(await journal.canSeal())) await journal.setSealingKey(key);
}

/** Every section of every patient in scope is fetched again; until then it says *not loaded yet*. */
export async function wantEverything(journal: Remote<Journal>): Promise<void> {
  const patients = (await journal.scope()).map(({ patient }) => patient);
  await journal.wantBackfill(
    patients.flatMap((patient) => SECTION_TYPES.map((type) => ({ patient, type }))),
  );
  // What is there and must not be shows only by comparing ids and versions with the HIS's.
  await journal.receiveAll(listingsWanted(SECTION_TYPES));
  // What this file says was never sent may have been, by the one it took the place of.
  await journal.doubtUnsent();
}
