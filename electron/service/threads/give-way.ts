import { readlinkSync } from "node:fs";
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
