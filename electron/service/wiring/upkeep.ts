import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  StoreError,
  type Journal,
  type Remote,
  type Resealed,
  type VaultRekey,
} from "../store/index.ts";
import type { JournalThread } from "../sync/index.ts";
import type { RekeyThread, RekeyThreadData } from "../threads/rekey-thread.ts";
import {
  chartFileName,
  finishDeviceRotation,
  isOtherChart,
  nextVault,
  ROTATION_META,
  type Keychain,
  type OpenVault,
  type PurposeKeys,
  type SlotHolder,
  type SlotPlace,
} from "../vault/index.ts";
import { exists, type Files } from "./files.ts";
import { copied, startThread } from "./threads.ts";

/** The heavy part of making keys new. */
export interface RekeyWork {
  vault(input: VaultRekey): Promise<Resealed>;
  stragglers(input: StragglersInput): Promise<number>;
  device(input: DeviceMove): Promise<unknown>;
}
export interface StragglersInput {
  readonly journalFile: string;
  readonly journalKey: Uint8Array;
  readonly keys: PurposeKeys;
  readonly last: boolean;
}
export interface DeviceMove {
  readonly file: string;
  readonly workstation: string;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly meta: Readonly<Record<string, string>>;
}

/** The chart of this vault: a rotation gives it another name, so that old and new never share one. */
export function chartFileOf(meta: Readonly<Record<string, string>>, files: Files): string {
  return join(files.dataDir, chartFileName(meta));
}

/**
 * Removes what a rotation, finished or cut off, left of other charts; answers their names. Only when the journal is
 * certain to be today's: an older one put back, or one that lost its meta, names another chart than it should.
 */
export function tidyCharts(files: Files, meta: Readonly<Record<string, string>>): string[] {
  const current = chartFileName(meta);
  const others = readdirSync(files.dataDir).filter((name) => isOtherChart(name, current));
  for (const name of others) rmSync(join(files.dataDir, name), { force: true });
  return others;
}

/**
 * Makes the vault key new: chart, ledger, drafts, inbox and slots go under the next one in one transaction of the journal.
 * To be called at a sign-in after the sealing key was confirmed, with the records closed and no draft pending (a chart that
 * somebody has open is refused); the puller may go on. Afterwards the old vault is closed and the answer is the one to work with.
 * @throws when nothing was changed: the old vault is then still open and good
 */
export async function rotateVaultKey(room: {
  readonly files: Files;
  readonly journal: Pick<Remote<JournalThread>, "meta" | "setSealingKey">;
  readonly vault: OpenVault;
  /** Everyone who has or awaits a slot: roster members in force and envelopes not used. */
  readonly holders: readonly SlotHolder[];
  readonly place: SlotPlace;
  readonly random: (bytes: number) => Uint8Array;
  /** Kept in the same transaction: which order was carried out. */
  readonly meta: Readonly<Record<string, string>>;
  readonly audit: readonly string[];
  readonly work: RekeyWork;
  readonly step?: (name: string) => void;
}): Promise<OpenVault> {
  const { files, journal, vault, place, work } = room;
  const step = room.step ?? (() => undefined);
  const before = chartFileOf(await journal.meta(), files);
  const next = await nextVault(room);
  step("next-keys");
  const journalKey = place.deviceKey;
  try {
    await work.vault({
      journalFile: files.journal,
      journalKey,
      chartFrom: exists(before) ? before : null,
      chartTo: join(files.dataDir, next.chartFile),
      from: vault.keys,
      to: next.keys,
      slots: next.slots,
      meta: { ...next.meta, ...room.meta },
      audit: room.audit,
    });
  } catch (error) {
    // What counts is whether it is in the journal: an answer can be lost after the commit.
    if ((await journal.meta())[ROTATION_META.chartFile] !== next.chartFile) {
      next.vault.close();
      for (const key of Object.values(next.keys)) key.fill(0);
      throw error;
    }
  }
  try {
    await journal.setSealingKey(next.sealingKey);
    step("sealing-key-told");
    await work.stragglers({
      journalFile: files.journal,
      journalKey,
      keys: next.keys,
      last: false,
    });
    step("stragglers");
    tidyCharts(files, await journal.meta());
    step("tidied");
  } catch {
    // It is done: the old vault opens nothing any more. What is left here the next sign-in makes up for.
  }
  for (const key of Object.values(next.keys)) key.fill(0);
  vault.close();
  return next.vault;
}

/**
 * At each sign-in, before the records open: what a cut-off rotation left of other charts goes; pages that were on their way
 * while the vault key changed get today's key, and the old inbox key is forgotten.
 */
export async function finishVaultRotation(room: {
  readonly files: Files;
  readonly journal: Pick<Remote<Journal>, "meta">;
  readonly deviceKey: Uint8Array;
  readonly vault: OpenVault;
  readonly work: RekeyWork;
}): Promise<number> {
  const meta = await room.journal.meta();
  // A journal that names a chart which is not there may be an older one, put back: nothing goes by its word.
  if (exists(chartFileOf(meta, room.files))) tidyCharts(room.files, meta);
  if (meta[ROTATION_META.oldInbox] === undefined) return 0;
  return await room.work.stragglers({
    journalFile: room.files.journal,
    journalKey: room.deviceKey,
    keys: room.vault.keys,
    last: true,
  });
}

/**
 * At each start, before `openDevice`: ends a rotation of the device key, wherever it stands. `postponed`: the journal could
 * not be copied (it is damaged, the disk is full); it is whole under the old key, opens as ever, and the next start tries
 * again. @throws KeychainError
 */
export async function finishDeviceKey(room: {
  readonly files: Files;
  readonly keychain: Keychain;
  readonly workstation: string;
  /** Kept in the journal under the next key, e.g. since when it counts. */
  readonly meta: Readonly<Record<string, string>>;
  readonly work: RekeyWork;
  readonly step?: (name: string) => void;
}): Promise<"none" | "done" | "postponed"> {
  const { files, keychain, workstation, meta, work, step } = room;
  try {
    return await finishDeviceRotation({
      keychain,
      ...(step && { step }),
      move: (from, to) => work.device({ file: files.journal, workstation, from, to, meta }),
    });
  } catch (error) {
    // Salvage and everything else that helps a journal comes after this.
    if (error instanceof StoreError) return "postponed";
    throw error;
  }
}

/** Each piece of work in a thread of its own, which ends with it. */
export function rekeyInThread(): RekeyWork {
  async function once<T>(
    data: RekeyThreadData,
    work: (thread: Remote<RekeyThread>) => Promise<T>,
  ): Promise<T> {
    const { thread } = await startThread<RekeyThread>("rekey-thread", { ...data });
    try {
      return await work(thread);
    } finally {
      await thread.terminate();
    }
  }
  return {
    vault: ({ journalFile, journalKey, chartFrom, chartTo, from, to, slots, meta, audit }) =>
      once(
        {
          work: "vault",
          journalFile,
          journalKey: copied(journalKey),
          chartFrom,
          chartTo,
          chartKey: copied(from.chart),
          inboxKey: copied(from.inbox),
          ledgerKey: copied(from.ledger),
          draftsKey: copied(from.drafts),
          nextChartKey: copied(to.chart),
          nextInboxKey: copied(to.inbox),
          nextLedgerKey: copied(to.ledger),
          nextDraftsKey: copied(to.drafts),
          slots,
          meta,
          audit,
        },
        (thread) => thread.vault(),
      ),
    stragglers: ({ journalFile, journalKey, keys, last }) =>
      once(
        {
          work: "stragglers",
          journalFile,
          journalKey: copied(journalKey),
          chartKey: copied(keys.chart),
          inboxKey: copied(keys.inbox),
          ledgerKey: copied(keys.ledger),
          draftsKey: copied(keys.drafts),
          last,
        },
        (thread) => thread.stragglers(),
      ),
    device: ({ file, workstation, from, to, meta }) =>
      once(
        { work: "device", file, workstation, from: copied(from), to: copied(to), meta },
        (thread) => thread.device(),
      ),
  };
}
