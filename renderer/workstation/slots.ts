import type { Slot } from "./types.ts";

const ENVELOPE = "envelope:";
const DAY = 86_400_000;
/** Long enough to get to the enrolment desk before a slot ends. */
const SOON = 14 * DAY;
const order: Record<Slot["state"], number> = {
  ready: 0,
  pending: 1,
  expired: 2,
  used: 3,
  revoked: 4,
};

/** People and the ward's envelopes, apart: each who can open the PC first, then by name. */
export function sortSlots(slots: readonly Slot[]): {
  readonly people: readonly Slot[];
  readonly envelopes: readonly Slot[];
} {
  const sorted = slots.toSorted(
    (a, b) =>
      order[a.state] - order[b.state] ||
      (a.name?.en ?? a.holder).localeCompare(b.name?.en ?? b.holder, "en"),
  );
  return {
    people: sorted.filter(({ holder }) => !holder.startsWith(ENVELOPE)),
    envelopes: sorted.filter(({ holder }) => holder.startsWith(ENVELOPE)),
  };
}

/** A slot that still opens, and will not for long. */
export function endsSoon(slot: Pick<Slot, "state" | "validTo">, now: number): boolean {
  const left = Date.parse(slot.validTo) - now;
  return (slot.state === "ready" || slot.state === "pending") && left > 0 && left <= SOON;
}

/** An envelope's own name, without what tells it from a person. */
export function envelopeName(holder: string): string {
  return holder.startsWith(ENVELOPE) ? holder.slice(ENVELOPE.length) : holder;
}
