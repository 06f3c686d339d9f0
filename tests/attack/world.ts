import { randomBytes } from "node:crypto";
import {
  makeHospital,
  memoryKeychain,
  NOW,
  SITE,
  WORKSTATION,
  type Enrolled,
  type Hospital,
} from "../../electron/service/testing/index.ts";
import {
  createVault,
  openDevice,
  unlock,
  type DeviceSecrets,
  type NewVault,
  type OpenVault,
  type RosterTrust,
  type Slot,
  type SlotPlace,
} from "../../electron/service/vault/index.ts";

/** A hospital, a hostile hospital beside it, and one joined PC on which Huda has a slot and Sara has none. */
export interface World {
  readonly hospital: Hospital;
  readonly attacker: Hospital;
  readonly device: DeviceSecrets;
  readonly place: SlotPlace;
  readonly trust: RosterTrust & { readonly workstation: string };
  readonly huda: Enrolled;
  readonly sara: Enrolled;
  readonly vault: NewVault;
  readonly slot: Slot;
  open(): Promise<OpenVault>;
}

export const PIN = "4711";

export async function makeWorld(): Promise<World> {
  const hospital = await makeHospital();
  const attacker = await makeHospital();
  const device = await openDevice({
    keychain: memoryKeychain(),
    journalExists: false,
    chartExists: false,
    random: randomBytes,
    algorithm: "ES384",
  });
  const place = { workstation: WORKSTATION, deviceKey: device.deviceKey };
  const huda = await hospital.enrol("huda", PIN);
  const sara = await hospital.enrol("sara", "2580");
  const entries = [huda.entry];
  const vault = await createVault({ entries, place, epoch: 1, random: randomBytes });
  const [slot] = vault.slots;
  if (slot === undefined) throw new Error("the vault has no slot");
  return {
    hospital,
    attacker,
    device,
    place,
    trust: {
      controlKey: hospital.controlKey,
      site: SITE,
      wards: ["ward-a"],
      workstation: WORKSTATION,
    },
    huda,
    sara,
    vault,
    slot,
    open: () =>
      unlock({ entry: huda.entry, pin: PIN, pepper: hospital.pepper, site: SITE, slot, place }),
  };
}

export { NOW, SITE, WORKSTATION };

/** One thing somebody tries. `run` answers whether it took effect. */
export interface AttackCase {
  readonly name: string;
  /** Harmful ones must not take effect; legitimate ones must. */
  readonly kind: "harmful" | "legitimate";
  run(world: World): Promise<boolean>;
}

/** Whether the work was let through; any refusal is a thrown error. */
export async function succeeds(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
