import type { DeviceSecrets, Keychain, KeychainName, WorkstationKey } from "./types.ts";
import { keep, makeWorkstationKey, readWorkstationKey } from "./workstation-key.ts";
import type { WorkstationAlgorithm } from "./workstation-key.ts";

/**
 * The device key is gone (or not a key any more) while files made with it are still there. No new one is made: the files
 * are kept for IT, and the unsent acts are in the escrow file.
 */
export class KeysLost extends Error {
  override readonly name = "KeysLost";
  readonly why: "missing" | "damaged";
  constructor(why: "missing" | "damaged") {
    super(`the device key is ${why} although this PC holds records; nothing was changed`);
    this.why = why;
  }
}

export interface DeviceInput {
  readonly keychain: Keychain;
  readonly journalExists: boolean;
  readonly chartExists: boolean;
  readonly random: (bytes: number) => Uint8Array;
  /** Of a workstation key made now; one that is there stays whatever policy says, until it is rotated. */
  readonly algorithm: WorkstationAlgorithm;
}

/**
 * What this PC holds in its keychain; makes it on a first start, which ends in a kept key or in an error, never between:
 * the workstation key is kept first, the device key last, and the files are made only afterwards.
 * @throws KeychainError, {@link KeysLost}
 */
export async function openDevice(input: DeviceInput): Promise<DeviceSecrets> {
  const { keychain } = input;
  const held = await keychain.get("device-key");
  if (held !== null && held.length !== 32) throw new KeysLost("damaged");
  // SECURITY: never a second key over an existing cache: it would orphan the only copy of unsent charting.
  if (held === null && (input.journalExists || input.chartExists)) throw new KeysLost("missing");

  const minted: KeychainName[] = [];
  const workstation = await workstationKey(input, minted);
  let deviceKey = held;
  if (deviceKey === null) {
    deviceKey = Uint8Array.from(input.random(32));
    await keep(keychain, "device-key", deviceKey);
    minted.push("device-key");
  }
  // Garbage is none: the right PIN would count as a wrong one, and this PC would never ask to join again.
  const secret = async (name: KeychainName): Promise<Uint8Array | null> => {
    const found = await keychain.get(name);
    return found?.length === 32 ? found : null;
  };
  const pepper = await secret("site-pepper");
  const itSeed = await secret("it-seed");
  return { deviceKey, workstationKey: workstation, pepper, itSeed, minted };
}

/** A lost workstation key closes no file: a new one is made, and the HIS will want this PC joined again. */
async function workstationKey(
  { keychain, algorithm }: DeviceInput,
  minted: KeychainName[],
): Promise<WorkstationKey> {
  const known = await readWorkstationKey(keychain);
  if (known !== null) return known;
  const made = await makeWorkstationKey(keychain, "workstation-key", algorithm);
  minted.push("workstation-key");
  return made;
}
