import { fork, type ChildProcess } from "node:child_process";
import { FromBadge, readyForRemovals, type ToBadge } from "../../shared/badge.ts";

/** The preview's times are the desktop shell's. */
const BACKOFF_MS = [250, 1_000, 2_000, 5_000, 15_000, 30_000] as const;
const STEADY_MS = 60_000;
const STOP_PATIENCE_MS = 3_000;

/** What comes of the badge process, in its order. */
export interface BadgeListener {
  message(message: FromBadge): void;
  /** The process is gone and every card with it; a new one is on its way. */
  lost(): void;
}

/**
 * Forks the badge process (the bundle or its source) and keeps one running until `stop`, as the desktop shell does. What
 * it said before `onMessage` is kept for it.
 */
export function keepBadge(entry: string) {
  let child: ChildProcess | null = null;
  let failures = 0;
  let stopping = false;
  let listener: BadgeListener | null = null;
  let unheard: FromBadge[] = [];
  readyForRemovals();

  function run(): void {
    const mine = fork(entry);
    const startedAt = performance.now();
    child = mine;
    unheard = [];
    mine.on("message", (data) => {
      const message = FromBadge.parse(data);
      if (listener === null) unheard.push(message);
      else listener.message(message);
    });
    mine.once("exit", () => {
      child = null;
      if (stopping) return;
      failures = performance.now() - startedAt > STEADY_MS ? 0 : failures + 1;
      listener?.lost();
      setTimeout(
        () => {
          if (!stopping) run();
        },
        BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)],
      );
    });
  }
  run();

  return {
    onMessage(next: BadgeListener): void {
      listener = next;
      for (const message of unheard) next.message(message);
      unheard = [];
    },
    /** Nobody answers while no process runs: `lost` was said then. */
    post(message: ToBadge): void {
      if (child?.connected === true) child.send(message);
    },
    /** Resolves when the process has ended. */
    async stop(): Promise<void> {
      stopping = true;
      const ending = child;
      if (ending === null) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => ending.kill("SIGKILL"), STOP_PATIENCE_MS);
        ending.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
        if (ending.connected) ending.send({ kind: "stop" } satisfies ToBadge);
      });
    },
  };
}
