import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** Above 0 is less than the others: a tenth of what they get on a busy processor. What it does at a lock is short. */
const NICENESS = 10;

/**
 * From now on this thread works with what the others leave: bulk must not stand in the way of a lock or a sign-in. Only on
 * Linux, where a priority is a thread's own; elsewhere Node can only change the whole process, and nothing is done.
 */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    // "<process>/task/<thread>"
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isInteger(thread) && thread > 0) setPriority(thread, NICENESS);
  } catch {
    // A sandbox without /proc, or one that forbids it: then all threads are equal.
  }
}

/** What Node names the threads on which V8 compiles and collects garbage for all others of the process. */
const HELPER = "V8Worker";

/**
 * V8's helpers work with what the others leave too: in a first sync they are a third of all that this process computes, nearly
 * all of it for bulk. Nobody must wait for one of them then: see small-heaps.ts. Only on Linux, as {@link giveWay}; under a
 * runtime that names them otherwise nothing is done.
 */
export function helpersGiveWay(): void {
  if (process.platform !== "linux") return;
  try {
    for (const thread of readdirSync("/proc/self/task"))
      if (readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim() === HELPER)
        setPriority(Number(thread), NICENESS);
  } catch {
    // As above; a thread may also have ended meanwhile.
  }
}
