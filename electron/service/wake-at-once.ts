import { getPriority } from "node:os";
import koffi from "koffi";

/** `sched_setattr(2)`, for which not every libc has a name. */
const SCHED_SETATTR: Partial<Record<NodeJS.Architecture, number>> = { x64: 314, arm64: 274 };
const SCHED_OTHER = 0;
/** What this thread starts has slices as long as everybody's. */
const SCHED_FLAG_RESET_ON_FORK = 1n;
/** Long enough to lock in; a thread's usual one is 1.4 to 3 ms. */
const SLICE_NS = 700_000n;
/** What Windows calls above normal: before everybody's programs, behind the OS's own. */
const FIRST = -7;
/** Bytes of `struct sched_attr`, version 0. */
const SIZE = 48;

/**
 * From now on this thread runs as soon as it is woken: a badge that is taken must not wait until a page has been drawn. It takes
 * short turns (Linux 6.12 and later lets whoever has the shorter one go first; earlier ones take no notice), and goes before
 * others where it may: as root, or where IT has granted it (`docs/guides/it.md`). Elsewhere than on Linux nothing is done.
 */
export function wakeAtOnce(): void {
  const number = SCHED_SETATTR[process.arch];
  if (process.platform !== "linux" || number === undefined) return;
  try {
    const syscall = koffi.load(null).func("long syscall(long number, ...)");
    const ask = (nice: number): boolean =>
      syscall(number, "int", 0, "void *", attributes(nice), "unsigned int", 0) === 0;
    // A sandbox may forbid both: then this thread waits as all do.
    if (!ask(FIRST)) ask(getPriority());
  } catch {
    // No such library.
  }
}

function attributes(nice: number): Buffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(SIZE, 0);
  bytes.writeUInt32LE(SCHED_OTHER, 4);
  bytes.writeBigUInt64LE(SCHED_FLAG_RESET_ON_FORK, 8);
  bytes.writeInt32LE(nice, 16);
  bytes.writeBigUInt64LE(SLICE_NS, 24);
  return bytes;
}
