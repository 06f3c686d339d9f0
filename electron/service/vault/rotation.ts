import { binding, fromBase64Url, toBase64Url } from "./bytes.ts";
import { purposeKeys, sealingKeyOf } from "./purpose.ts";
import { openRow, sealRow } from "./sealing.ts";
import { holderName, makeSlot, type SlotHolder, type SlotPlace } from "./slots.ts";
import type { Keychain, OpenVault, PurposeKeys, Slot } from "./types.ts";
import { vaultMeta } from "./vault.ts";
import { keep } from "./workstation-key.ts";

/** In the journal's meta: the chart file's name, and the old inbox key while pages sealed to it may still arrive. */
export const ROTATION_META = {
  chartFile: "vault.chart-file",
  oldInbox: "vault.inbox-old",
} as const;

/** What is to become this PC's vault; nothing of it is anywhere yet. */
export interface NextVault {
  readonly keys: PurposeKeys;
  readonly slots: readonly Slot[];
  readonly sealingKey: Uint8Array;
  /** For the journal, in the same transaction as the slots and all that is sealed anew. */
  readonly meta: Readonly<Record<string, string>>;
  /** The base name of the chart file. */
  readonly chartFile: string;
  /** The open vault, once all of it is in the journal. */
  readonly vault: OpenVault;
}

/**
 * A fresh vault key, its purpose keys, and a slot for everyone who has or awaits one: public keys suffice.
 * @throws RangeError when whoever holds the vault open would get no slot herself
 */
export async function nextVault(input: {
  readonly vault: OpenVault;
  readonly holders: readonly SlotHolder[];
  readonly place: SlotPlace;
  readonly random: (bytes: number) => Uint8Array;
}): Promise<NextVault> {
  const { vault, holders, place } = input;
  if (!holders.some((holder) => holderName(holder) === vault.clinician.clinician))
    throw new RangeError("who rotates the vault key must be able to open the next vault");
  const epoch = vault.epoch + 1;
  const vaultKey = Uint8Array.from(input.random(32));
  const slots: Slot[] = [];
  for (const holder of holders) slots.push(await makeSlot(vaultKey, epoch, holder, place));
  const keys = purposeKeys(vaultKey);
  const sealingKey = sealingKeyOf(keys);
  const chartFile = `chart-${epoch}.db`;
  return {
    keys,
    slots,
    sealingKey,
    meta: {
      ...vaultMeta({ epoch, slots, sealingKey }),
      [ROTATION_META.chartFile]: chartFile,
      [ROTATION_META.oldInbox]: toBase64Url(
        sealRow(keys.ledger, binding(ROTATION_META.oldInbox), vault.keys.inbox),
      ),
    },
    chartFile,
    vault: vault.renewed(vaultKey, epoch),
  };
}

/** The inbox key of the vault before, while it is kept. @throws SealBroken */
export function readOldInbox(
  meta: Readonly<Record<string, string>>,
  keys: Pick<PurposeKeys, "ledger">,
): Uint8Array | null {
  const text = meta[ROTATION_META.oldInbox];
  if (text === undefined || text === "") return null;
  return openRow(keys.ledger, binding(ROTATION_META.oldInbox), fromBase64Url(text));
}

/** Names a chart file may have. SECURITY: who holds the device key can write the journal, and no path but these. */
const CHART_NAME = /^chart-\d{1,9}\.db$/u;

/** The base name of this vault's chart file, as the journal's meta says it; `chart.db` before a first rotation. */
export function chartFileName(meta: Readonly<Record<string, string>>): string {
  const name = meta[ROTATION_META.chartFile] ?? "";
  return CHART_NAME.test(name) ? name : "chart.db";
}

/** Whether a file is a chart of a vault that is not this one, or a part of it: what a rotation left behind. */
export function isOtherChart(name: string, current: string): boolean {
  const [, chart] = /^(chart(?:-\d{1,9})?\.db)(?:-wal|-shm|-journal)?$/u.exec(name) ?? [];
  return chart !== undefined && chart !== current;
}

/** Makes the next device key, which waits for the next start: the journal has to be closed. An earlier one is kept. */
export async function beginDeviceRotation(
  keychain: Keychain,
  random: (bytes: number) => Uint8Array,
): Promise<void> {
  const waiting = await keychain.get("device-key-next");
  if (waiting?.length === 32) return;
  const next = Uint8Array.from(random(32));
  await keep(keychain, "device-key-next", next);
  next.fill(0);
}

/**
 * At each start, before the device key is read and the journal opened: ends a rotation of the device key, wherever a kill
 * left it. At every moment the journal is whole under one of the two keys, and the keychain holds both until it is told
 * which. `move` brings the journal under the next key, or finds it there.
 * @throws what `move` throws: nothing was lost, the key stays, and the next start tries again
 */
export async function finishDeviceRotation(room: {
  readonly keychain: Keychain;
  readonly move: (from: Uint8Array, to: Uint8Array) => Promise<unknown>;
  readonly step?: (name: string) => void;
}): Promise<"none" | "done"> {
  const { keychain } = room;
  const step = room.step ?? (() => undefined);
  const next = await keychain.get("device-key-next");
  if (next?.length !== 32) return "none";
  const held = await keychain.get("device-key");
  if (held === null || !Buffer.from(held).equals(next)) {
    // A keychain that lost the one in use may still hold the one the journal is under.
    await room.move(held ?? next, next);
    step("moved");
    await keep(keychain, "device-key", next);
    step("kept");
  }
  await keychain.delete("device-key-next");
  step("tidied");
  return "done";
}
