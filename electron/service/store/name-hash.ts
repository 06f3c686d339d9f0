import { getRandomValues } from "node:crypto";

/** Two independent 32-bit hashes of a name: together they tell names apart where the names themselves would take too much memory. */

/**
 * SECURITY: made anew in each thread, so that nobody who writes at the HIS can choose ids that share both hashes with another
 * resource's, and have a change of it taken for a repeat.
 */
const [START = 0, FACTOR = 0] = getRandomValues(new Uint32Array(2));
/** Odd, so that multiplying loses nothing. */
const ODD_FACTOR = FACTOR | 1;

/** 32-bit FNV-1a (draft-eastlake-fnv) from a start of our own, mixed once more so that the low bits, which choose the place, are good ones. */
export function firstHash(name: string): number {
  let hash = START;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** Adds where the first takes the exclusive or, so that names which share one do not share the other. */
export function secondHash(name: string): number {
  let hash = name.length;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash + name.charCodeAt(at), ODD_FACTOR);
  return mixed(hash);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 13)) >>> 0;
}
