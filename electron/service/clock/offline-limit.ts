export interface OfflineInput {
  /** Provable time now. */
  readonly now: number;
  /** When the HIS was last heard and believed; null: never yet; such a PC holds nothing to seal, and has no limit. */
  readonly heard: number | null;
  /** Policy; null: no limit. */
  readonly limitHours: number | null;
  readonly warnHours: number;
  /** By a signed extension or an IT code. */
  readonly extendedUntil: number | null;
}

export type OfflineState =
  | { readonly kind: "free" }
  | { readonly kind: "counting" | "near" | "sealed"; readonly limitAt: number };

const HOUR = 3_600_000;

/**
 * Whether this PC has been without the HIS for too long. The limit seals and never destroys; it counts provable time only,
 * so a clock that was set, forwards or back, neither seals a ward in an outage nor helps a thief of a running PC.
 */
export function offlineState(input: OfflineInput): OfflineState {
  const { now, heard, limitHours, warnHours, extendedUntil } = input;
  if (limitHours === null || heard === null) return { kind: "free" };
  const limitAt = Math.max(heard + limitHours * HOUR, extendedUntil ?? 0);
  if (now >= limitAt) return { kind: "sealed", limitAt };
  return { kind: now >= limitAt - warnHours * HOUR ? "near" : "counting", limitAt };
}
