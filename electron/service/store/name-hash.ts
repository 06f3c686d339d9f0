/** Two independent 32-bit hashes of a name: together they tell names apart where the names themselves would take too much memory. */

/** 32-bit FNV-1a (draft-eastlake-fnv), mixed once more so that the low bits, which choose the place, are good ones. */
export function firstHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** Adds where the first takes the exclusive or, so that names which share one do not share the other. */
export function secondHash(name: string): number {
  let hash = name.length;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash + name.charCodeAt(at), 0x9e3779b1);
  return mixed(hash);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (once ^ (once >>> 13)) >>> 0;
}
