import { existsSync, openSync, fsyncSync, closeSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

/** Where salvage writes; worthless until it is renamed to {@link finished}. */
export function unfinished(file: string): string {
  return `${file}.salvaging`;
}
/** A whole salvaged file that waits to take the damaged one's place. */
export function finished(file: string): string {
  return `${file}.salvaged`;
}

/** Removes what a salvage that was cut off left behind. */
export function dropUnfinished(file: string): void {
  for (const part of ["", "-wal", "-shm"]) rmSync(unfinished(file) + part, { force: true });
}

/** Declares the salvaged file whole; from here on a kill at any moment ends in {@link putInPlace}. */
export function declareFinished(file: string): void {
  const handle = openSync(unfinished(file), "r+");
  fsyncSync(handle);
  closeSync(handle);
  renameSync(unfinished(file), finished(file));
}

/**
 * Puts a finished salvage in the damaged file's place, which is kept as `<name>.damaged-<n>.db` with its WAL. Does nothing
 * when none waits; so every opening calls it.
 * @returns the name under which the damaged file is kept, or null
 */
export function putInPlace(file: string): string | null {
  if (!existsSync(finished(file))) return null;
  const kept = asideName(file);
  // The WAL first: beside a new file it would be taken for that file's.
  for (const part of ["-wal", "-shm", ""]) {
    if (existsSync(file + part)) renameSync(file + part, kept + part);
  }
  renameSync(finished(file), file);
  return kept;
}

function asideName(file: string): string {
  const ending = extname(file);
  const name = basename(file, ending);
  for (let number = 1; ; number++) {
    const kept = join(dirname(file), `${name}.damaged-${number}${ending}`);
    if (!existsSync(kept)) return kept;
  }
}
