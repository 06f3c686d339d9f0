import { createTestPc } from "../../electron/service/sync/test-pc.ts";
import type { TestPc, TestWorld } from "../../electron/service/sync/test-pc.ts";
import type { SyncPolicy } from "../../electron/service/sync/types.ts";
import type { Remote } from "../../electron/service/store/index.ts";
import type { Clock } from "./clock.ts";

/** A workstation that can die at any commit: the real sync over real encrypted files. */
export interface Workstation {
  readonly pc: () => TestPc;
  /** Null while it is dead. */
  readonly living: () => TestPc | null;
  /** Dies at the given commit from now on: before it, or after it and before anybody hears of it. */
  dieAt(commit: number, when: "before" | "after"): void;
  /** Dies now. */
  die(): void;
  /** Calls off a death that has not come. */
  spare(): void;
  reopen(): void;
  /** What its clock is ahead of the world's, ms. */
  ahead: number;
  readonly deaths: () => number;
  readonly commits: () => number;
  /** Calls into its two files that are not answered yet. */
  readonly busy: () => number;
  dispose(): void;
}

export class Killed extends Error {}

/** Calls that only read; every other is a commit. */
const READS = new Set(
  `meta slots statements pinFailures allPinFailures pinChanges accesses usedEnvelopes inbox inboxSize cursors scope
   backfill acts act actCounts unsentActs newestActs settledActs acknowledgedActs orderActs unsentByPatient uncountedActs draft ledger audit auditSize generation verify count placements placement card cards
   resources patient sections unreadable typeAsOf patients newestKnown`.split(/\s+/u),
);

interface Life {
  dead: boolean;
  busy: number;
}

export function createWorkstation(options: {
  readonly home: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof globalThis.fetch;
  readonly policy: Partial<SyncPolicy>;
  readonly onDeath: () => void;
}): Workstation {
  const { clock } = options;
  let life: Life = { dead: false, busy: 0 };
  let death: { left: number; when: "before" | "after" } | null = null;
  let deaths = 0;
  let commits = 0;
  let ahead = 0;

  function die(): void {
    if (life.dead) return;
    life.dead = true;
    death = null;
    deaths += 1;
    options.onDeath();
  }

  function worldOf(own: Life): TestWorld {
    return {
      home: options.home,
      random: options.random,
      fetch: options.fetch,
      now: () => clock.now() + ahead,
      timers: {
        after: (ms, callback) => clock.after(ms, () => (own.dead ? undefined : callback())),
      },
      around: (_file, calls) => around(own, calls),
      remote: (thread) => remoteOf(own, thread),
    };
  }

  function around<T extends object>(own: Life, calls: T): T {
    const wrapped = Object.entries(calls).map(([name, call]: [string, unknown]) => {
      if (typeof call !== "function" || name === "close") return [name, call] as const;
      const run = (...values: unknown[]): unknown => {
        if (own.dead) throw new Killed();
        if (READS.has(name)) return (call as (...v: unknown[]) => unknown)(...values);
        commits += 1;
        const isLast = death !== null && (death.left -= 1) <= 0;
        if (isLast && death?.when === "before") {
          die();
          throw new Killed();
        }
        const answer = (call as (...v: unknown[]) => unknown)(...values);
        if (isLast) {
          die();
          throw new Killed();
        }
        return answer;
      };
      return [name, run] as const;
    });
    return Object.fromEntries(wrapped) as T;
  }

  function remoteOf<T extends object>(own: Life, thread: T): Remote<T> {
    return new Proxy(thread, {
      get: (target, name) => {
        const call = Reflect.get(target, name) as unknown;
        if (typeof call !== "function") return call;
        return async (...values: unknown[]): Promise<unknown> => {
          own.busy += 1;
          try {
            return await (call as (...v: unknown[]) => unknown)(...values);
          } finally {
            own.busy -= 1;
            // The dead hear nothing.
            if (own.dead) await new Promise(() => {});
          }
        };
      },
    }) as unknown as Remote<T>;
  }

  let pc = createTestPc(
    { fetch: options.fetch, clock: clock.now() },
    options.policy,
    worldOf(life),
  );
  pc.sync.start();
  return {
    pc: () => pc,
    living: () => (life.dead ? null : pc),
    dieAt(commit, when) {
      if (!life.dead) death = { left: commit, when };
    },
    die,
    spare() {
      death = null;
    },
    reopen() {
      if (!life.dead) return;
      const { open } = pc;
      life = { dead: false, busy: 0 };
      pc = pc.restart(worldOf(life));
      pc.open = open;
      pc.sync.start();
    },
    get ahead() {
      return ahead;
    },
    set ahead(ms) {
      ahead = ms;
    },
    deaths: () => deaths,
    commits: () => commits,
    busy: () => (life.dead ? 0 : life.busy),
    dispose() {
      life.dead = true;
      pc.dispose();
    },
  };
}
