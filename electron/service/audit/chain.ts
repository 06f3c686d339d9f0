import { createHash } from "node:crypto";

/** What stands before the first entry. */
export const GENESIS = "0".repeat(64);

/**
 * The hash of an audit entry: SHA-256, lower-case hex, over the hash before it, its number and its text, each on a line
 * of its own. The text is JSON without line breaks, so the three cannot run into each other.
 */
export function link(previousHash: string, seq: number, body: string): string {
  return createHash("sha256").update(`${previousHash}\n${seq}\n${body}`).digest("hex");
}

export interface ChainRow {
  readonly seq: number;
  readonly body: string;
  readonly hash: string;
}

/**
 * Checks rows in the order they are given, from the first entry of all or after a known one.
 * @returns null when whole, else the number of the first entry that is edited, missing or out of place.
 */
export function verifyChain(
  rows: readonly ChainRow[],
  after: { readonly seq: number; readonly hash: string } = { seq: 0, hash: GENESIS },
): number | null {
  let { seq, hash } = after;
  for (const row of rows) {
    seq += 1;
    hash = link(hash, seq, row.body);
    if (row.seq !== seq || row.hash !== hash) return seq;
  }
  return null;
}
