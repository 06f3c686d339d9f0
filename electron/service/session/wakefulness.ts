import type { SessionClock } from "./types.ts";

/**
 * Time that only goes up and goes on while the PC sleeps, and whether it slept.
 *
 * Node's `performance.now()` is CLOCK_MONOTONIC on Linux, which stands still in a suspend; whether it does elsewhere
 * depends on the OS. `os.uptime()` (CLOCK_BOOTTIME, GetTickCount64, boot time) goes on everywhere, and no hand on the wall
 * clock moves either. So the wall clock has no say in what locks: setting it neither locks nor prolongs.
 */
export interface Wakefulness {
  /** Milliseconds. */
  now(): number;
  /** Whether the PC slept since this was last asked. */
  slept(): boolean;
}

/** Between two looks the clocks drift apart by less: `os.uptime()` counts whole seconds on some systems. */
const APART_MS = 2_500;
/**
 * Looks come every few seconds while a session is open or locked (`LOOK_MS` of session.ts). One that is this late means a
 * sleep on systems where both clocks go on in it, or a process that was stopped: neither keeps a key.
 */
const LATE_MS = 60_000;

export function createWakefulness(
  clock: Pick<SessionClock, "monotonic" | "sleepless">,
): Wakefulness {
  const read = (): { monotonic: number; sleepless: number } => {
    const monotonic = clock.monotonic();
    return { monotonic, sleepless: clock.sleepless?.() ?? monotonic };
  };
  let last = read();
  let asleep = 0;
  let slept = false;

  function look(): void {
    const here = read();
    const awakeFor = here.monotonic - last.monotonic;
    const apart = here.sleepless - last.sleepless - awakeFor;
    last = here;
    if (apart > APART_MS) asleep += apart;
    if (apart > APART_MS || awakeFor > LATE_MS) slept = true;
  }

  return {
    now() {
      look();
      return last.monotonic + asleep;
    },
    slept() {
      look();
      const was = slept;
      slept = false;
      return was;
    },
  };
}
