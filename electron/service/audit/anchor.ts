import { z } from "zod";
import type { Keychain } from "../vault/index.ts";

/** How a trail is not what it was. */
export const TrailFault = z.enum([
  /** The entry's text or hash is not what was written. */
  "changed",
  /** The entry's number is not there, and later ones are. */
  "missing",
  /** The trail ends before it: the tail was cut off, or an older file was put back. */
  "cut-off",
  /** From it on there are other entries than those that were signed, in an order that fits. */
  "replaced",
  /** A signed head in the file is not one this PC signed. */
  "head-forged",
  /** The keychain no longer says how far the trail had come. */
  "anchor-missing",
]);
export type TrailFault = z.infer<typeof TrailFault>;

export interface TrailBreak {
  /** Number of the first entry it concerns. */
  readonly at: number;
  readonly how: TrailFault;
}

const Position = z.object({ seq: z.int().positive(), hash: z.string().length(64) });
export type Position = z.infer<typeof Position>;

/** What the keychain keeps of the trail, beside the files' generations: an older file cannot take it back. */
const Anchor = z.object({
  v: z.literal(1),
  head: Position.nullable(),
  /** Breaks that were found at a start, so that a trail that grew on over them is never called whole again. */
  breaks: z.array(z.object({ at: z.int(), how: TrailFault, found: z.iso.datetime() })),
});
export type Anchor = z.infer<typeof Anchor>;

/** Older ones give way: an entry of the keychain holds 2560 bytes on Windows. */
const MOST_BREAKS = 12;

export const NO_ANCHOR: Anchor = { v: 1, head: null, breaks: [] };

/** Null: none is kept, or it cannot be read any more. @throws KeychainError */
export async function readAnchor(keychain: Pick<Keychain, "get">): Promise<Anchor | null> {
  const bytes = await keychain.get("audit-anchor");
  if (bytes === null) return null;
  try {
    const read = Anchor.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** @throws KeychainError */
export async function keepAnchor(keychain: Pick<Keychain, "set">, anchor: Anchor): Promise<void> {
  const kept = { ...anchor, breaks: anchor.breaks.slice(-MOST_BREAKS) };
  await keychain.set("audit-anchor", new TextEncoder().encode(JSON.stringify(kept)));
}

/**
 * Holds a position that was signed once against the trail as it is.
 * @param hashAt hash of the entry of that number; null: there is none
 * @param last number of the trail's last entry, 0 when it is empty
 * @param goodTo number of the last entry that is known to be the one signed, from an earlier head; 0: none
 */
export function judgePosition(
  position: Position,
  hashAt: string | null,
  last: number,
  goodTo = 0,
): TrailBreak | null {
  if (hashAt === position.hash) return null;
  if (hashAt === null && last < position.seq) return { at: last + 1, how: "cut-off" };
  if (hashAt === null) return { at: position.seq, how: "missing" };
  return { at: goodTo + 1, how: "replaced" };
}
