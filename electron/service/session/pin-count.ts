import { z } from "zod";
import type { Audit } from "../audit/index.ts";
import type { Journal, Remote } from "../store/types.ts";
import type { Keychain } from "../vault/index.ts";
import type { SessionClock, SessionTimers } from "./types.ts";

const Count = z.object({ count: z.int().min(0), lastAt: z.number() });
const Counts = z.record(z.string(), Count);
type Counts = z.infer<typeof Counts>;

/** Wrong PINs by clinician, kept outside the profile's files. Both verbs may reject. */
export interface KeptFailures {
  read(): Promise<Readonly<Counts>>;
  write(counts: Readonly<Counts>): Promise<void>;
}

/** They are one entry of the OS keychain. Garbage in it counts as nothing: the next wrong PIN mends it. */
export function keychainFailures(keychain: Pick<Keychain, "get" | "set">): KeptFailures {
  return {
    async read() {
      const bytes = await keychain.get("pin-failures");
      if (bytes === null) return {};
      try {
        return Counts.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      } catch {
        return {};
      }
    },
    write: (counts) => keychain.set("pin-failures", Buffer.from(JSON.stringify(counts), "utf8")),
  };
}

/** Wrong PINs, in the journal and in the keychain; the larger number counts. */
export interface PinCount {
  of(clinician: string): Promise<{ count: number; lastAt: number | null }>;
  /**
   * Counts one, on disk in the journal before it resolves. `kept` resolves when the keychain has it too, or does not answer:
   * nothing of what comes of the PIN may show before.
   */
  count(clinician: string): Promise<{ readonly count: number; readonly kept: Promise<void> }>;
  /** She typed the right one. */
  clear(clinician: string): Promise<void>;
  /** What was counted last was no try: nothing was found out about the PIN. */
  takeBack(clinician: string, before: { count: number; lastAt: number | null }): Promise<void>;
  /** Resolves when the keychain has what there is to tell it. */
  settled(): Promise<void>;
}

/** A keychain slower than this is treated as absent: it must not keep a nurse from the chart. */
const PATIENCE_MS = 1_500;
/** How long an absent keychain is left alone, so that not every PIN waits for it. */
const REST_MS = 60_000;

export function createPinCount(input: {
  readonly journal: Pick<
    Remote<Journal>,
    "pinFailures" | "countPinFailure" | "clearPinFailures" | "raisePinFailures"
  >;
  readonly failures: KeptFailures;
  readonly audit: Pick<Audit, "record">;
  readonly clock: SessionClock;
  readonly timers: SessionTimers;
  readonly onProblem: (what: string, error: unknown) => void;
}): PinCount {
  const { journal, failures, clock, timers } = input;
  /** What the keychain holds, or shall; null until it was read: what was never read is never overwritten. */
  let held: Record<string, { count: number; lastAt: number }> | null = null;
  let restUntil = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> = Promise.resolve();

  /** Does something with the keychain; resolves, whatever it says, within {@link PATIENCE_MS}. */
  async function patiently(work: () => Promise<void>): Promise<void> {
    if (clock.monotonic() < restUntil) return;
    try {
      await inTime(work());
    } catch (error) {
      if (clock.monotonic() < restUntil) return;
      restUntil = clock.monotonic() + REST_MS;
      input.onProblem("keychain", error);
      await input.audit
        .record({ kind: "pin-count-unkept" })
        .catch((problem: unknown) => input.onProblem("audit", problem));
    }
  }

  function inTime(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = timers.after(PATIENCE_MS, () => reject(new Error("the keychain is slow")));
      work.then(resolve, reject).finally(callOff);
    });
  }

  // SECURITY: read before the first PIN is judged, so that an older journal put back frees no guess.
  const known = (): Promise<void> =>
    held === null
      ? patiently(async () => {
          const read = await failures.read();
          const rows = Object.entries(read).map(([clinician, { count, lastAt }]) => ({
            clinician,
            count,
            lastAt,
          }));
          if (rows.length > 0) await journal.raisePinFailures(rows);
          held ??= { ...read };
        })
      : Promise.resolve();

  /** One write after the other, each of all there is: the last one is the truth. */
  function keep(): Promise<void> {
    const turn = writing.then(() =>
      patiently(async () => {
        if (held !== null) await failures.write({ ...held });
      }),
    );
    writing = turn;
    return turn;
  }

  async function clear(clinician: string): Promise<void> {
    await journal.clearPinFailures(clinician);
    if (held === null) return;
    delete held[clinician];
    // She need not wait for it: a number that stays too high by a kill here costs her at most a delay.
    void keep();
  }

  return {
    clear,
    async of(clinician) {
      await known();
      return await journal.pinFailures(clinician);
    },
    async count(clinician) {
      await known();
      const lastAt = Math.round(clock.now().getTime());
      const { count } = await journal.countPinFailure(clinician, lastAt);
      if (held !== null) held[clinician] = { count, lastAt };
      return { count, kept: keep() };
    },
    async takeBack(clinician, { count, lastAt }) {
      if (count === 0 || lastAt === null) return await clear(clinician);
      await journal.clearPinFailures(clinician);
      await journal.raisePinFailures([{ clinician, count, lastAt }]);
      if (held === null) return;
      held[clinician] = { count, lastAt };
      void keep();
    },
    settled: () => writing,
  };
}
