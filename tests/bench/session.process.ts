import { openSync, closeSync, readSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How often `/proc` is looked at: what is found is told that much too late at most. */
const LOOK_MS = 1;

/** Resolves with the moment the process had exited (also when nobody has asked for its exit code yet). */
export async function whenExited(pid: number, now: () => number, until: number): Promise<number> {
  return whenTrue(() => stateOf(pid) === null || stateOf(pid) === "Z", now, until);
}

/** Resolves with the moment the process had no file open whose path contains `part`. */
export async function whenClosed(
  pid: number,
  part: string,
  now: () => number,
  until: number,
): Promise<number> {
  return whenTrue(() => !openFiles(pid).some((path) => path.includes(part)), now, until);
}

/** Who has not seen it come true by `until` answers that moment: it took at least so long. */
async function whenTrue(is: () => boolean, now: () => number, until: number): Promise<number> {
  for (;;) {
    const at = now();
    if (is()) return at;
    if (at > until) return at;
    await sleep(LOOK_MS);
  }
}

export function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      return [];
    }
  });
}

function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return null;
  }
}

/** How often each of these keys stands in the writable memory of a process of ours. */
export function copiesInMemory(pid: number, wanted: readonly Buffer[]): number[] {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const places = wanted.map(() => new Set<number>());
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/u.exec(line) ?? [];
      if (from === undefined || to === undefined || rights?.startsWith("rw") !== true) continue;
      search(memory, Number.parseInt(from, 16), Number.parseInt(to, 16), wanted, places);
    }
  } finally {
    closeSync(memory);
  }
  return places.map(({ size }) => size);
}

const PIECE = 1 << 24;

function search(
  memory: number,
  from: number,
  to: number,
  wanted: readonly Buffer[],
  places: readonly Set<number>[],
): void {
  const longest = Math.max(...wanted.map(({ length }) => length));
  const piece = Buffer.alloc(PIECE);
  // Pieces overlap, so that what lies across their edge is found.
  for (let at = from; at < to; at += PIECE - longest) {
    let read = 0;
    try {
      read = readSync(memory, piece, 0, Math.min(PIECE, to - at), at);
    } catch {
      return;
    }
    const seen = piece.subarray(0, read);
    wanted.forEach((key, index) => {
      for (let found = seen.indexOf(key); found >= 0; found = seen.indexOf(key, found + 1))
        places[index]?.add(at + found);
    });
  }
}
