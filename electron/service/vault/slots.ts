import type { Envelope, RosterEntry } from "../../../shared/trust/index.ts";
import { binding, fromBase64Url, toBase64Url } from "./bytes.ts";
import { derive } from "./purpose.ts";
import { open, openRow, seal, SealBroken, sealRow } from "./sealing.ts";
import { ENVELOPE_HOLDER } from "./statement-kinds.ts";
import type { Slot } from "./types.ts";
import { X25519_KEY_BYTES } from "./x25519.ts";

/** Where a slot belongs: this PC, and this PC's device key. */
export interface SlotPlace {
  readonly workstation: string;
  readonly deviceKey: Uint8Array;
}

const LABEL = "amanah/v1/slot";

/** Whom a slot can be made for: a clinician of the roster, or a ward's envelope. */
export type SlotHolder = RosterEntry | Envelope;

/** The name a holder's slot goes by: her id, or `envelope:` and the envelope's. */
export function holderName(holder: SlotHolder): string {
  return "clinician" in holder ? holder.clinician : `${ENVELOPE_HOLDER}${holder.id}`;
}

function holderBox(holder: SlotHolder): string {
  return "clinician" in holder ? holder.keys.box : holder.box;
}

/** SECURITY: a slot opens only for its clinician, on its PC, in its epoch, in this format. */
function slotBinding(clinician: string, workstation: string, epoch: number): Uint8Array {
  return binding(LABEL, clinician, workstation, epoch);
}

/**
 * Makes a holder's slot: the vault key sealed (HPKE) to her public key, then wrapped under the device key together
 * with that public key, so that a slot made for keys she no longer has shows without opening it.
 */
export async function makeSlot(
  vaultKey: Uint8Array,
  epoch: number,
  holder: SlotHolder,
  place: SlotPlace,
): Promise<Slot> {
  const name = holderName(holder);
  const aad = slotBinding(name, place.workstation, epoch);
  const box = fromBase64Url(holderBox(holder));
  const inner = await seal(box, LABEL, aad, vaultKey);
  const wrap = derive(place.deviceKey, LABEL);
  const sealed = sealRow(wrap, aad, Buffer.concat([box, inner]));
  wrap.fill(0);
  return { clinician: name, epoch, sealed };
}

function unwrapSlot(slot: Slot, place: SlotPlace): { box: Uint8Array; inner: Uint8Array } {
  const aad = slotBinding(slot.clinician, place.workstation, slot.epoch);
  const wrap = derive(place.deviceKey, LABEL);
  try {
    const both = openRow(wrap, aad, slot.sealed);
    return { box: both.slice(0, X25519_KEY_BYTES), inner: both.slice(X25519_KEY_BYTES) };
  } finally {
    wrap.fill(0);
  }
}

/** The same slot under another device key. @throws SealBroken for one that is not of the old place */
export function rewrapSlot(slot: Slot, from: SlotPlace, to: SlotPlace): Slot {
  const { box, inner } = unwrapSlot(slot, from);
  const aad = slotBinding(slot.clinician, to.workstation, slot.epoch);
  const wrap = derive(to.deviceKey, LABEL);
  const sealed = sealRow(wrap, aad, Buffer.concat([box, inner]));
  wrap.fill(0);
  return { ...slot, sealed };
}

/** Whether a slot was made here for the keys its holder has now; if not, it has to be made again. */
export function slotFits(slot: Slot, holder: SlotHolder, place: SlotPlace): boolean {
  try {
    return (
      slot.clinician === holderName(holder) &&
      toBase64Url(unwrapSlot(slot, place).box) === holderBox(holder)
    );
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

/** The vault key out of a slot. @throws SealBroken */
export async function openSlot(
  slot: Slot,
  boxPrivateKey: Uint8Array,
  place: SlotPlace,
): Promise<Uint8Array> {
  const { inner } = unwrapSlot(slot, place);
  const aad = slotBinding(slot.clinician, place.workstation, slot.epoch);
  const vaultKey = await open(boxPrivateKey, LABEL, aad, inner);
  if (vaultKey.length !== 32) throw new SealBroken("a slot does not hold a vault key");
  return vaultKey;
}
