import { utilityProcess, type MessagePortMain, type UtilityProcess } from "electron";
import { ALLOCATOR } from "../../shared/allocator.ts";
import { FromService, type ToService } from "../../shared/shell.ts";

/** The first restart is at once for who waits at the bed; a service that keeps dying must not burn the PC. */
const BACKOFF_MS = [250, 1_000, 2_000, 5_000, 15_000, 30_000] as const;
/** A service that stood this long has recovered: the next fault starts from the shortest wait. */
const STEADY_MS = 60_000;
const STOP_PATIENCE_MS = 5_000;

export interface ServiceEvents {
  ready(wishes: { readonly contentProtection: boolean; readonly badge: boolean }): void;
  /** `copied`: SHA-256 (hex) of what was last copied from the page. */
  lock(reason: string, copied: string | null): void;
  openBrowser(url: string): void;
  /** The process is gone, whatever it was doing; a new one is on its way. */
  lost(): void;
}

/** Forks the service and keeps one running until `stop`. */
export function keepService(
  entry: string,
  start: Extract<ToService, { kind: "start" }>,
  events: ServiceEvents,
) {
  let child: UtilityProcess | null = null;
  let failures = 0;
  let stopping = false;

  function post(message: ToService, ports: MessagePortMain[] = []): void {
    child?.postMessage(message, ports);
  }

  function run(): void {
    const mine = utilityProcess.fork(entry, [], {
      serviceName: "Amanah service",
      stdio: "inherit",
      env: { ...process.env, ...ALLOCATOR },
    });
    const startedAt = performance.now();
    child = mine;
    mine.on("message", (data: unknown) => {
      const message = FromService.safeParse(data);
      if (!message.success || child !== mine) return;
      if (message.data.kind === "ready") events.ready(message.data);
      if (message.data.kind === "lock") events.lock(message.data.reason, message.data.copied);
      if (message.data.kind === "open-browser") events.openBrowser(message.data.url);
      if (message.data.kind === "failed") console.error(`service: ${message.data.detail}`);
    });
    mine.once("exit", () => {
      child = null;
      if (stopping) return;
      failures = performance.now() - startedAt > STEADY_MS ? 0 : failures + 1;
      events.lost();
      setTimeout(
        () => {
          if (!stopping) run();
        },
        BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)],
      );
    });
    post(start);
  }
  run();

  return {
    post,
    /** Resolves when both files are closed and the process has ended; it is ended by force if it does not answer. */
    async stop(): Promise<void> {
      stopping = true;
      const ending = child;
      if (ending === null) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => ending.kill(), STOP_PATIENCE_MS);
        ending.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
        post({ kind: "stop" });
      });
    },
  };
}
