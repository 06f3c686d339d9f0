import {
  MessageChannelMain,
  utilityProcess,
  type MessagePortMain,
  type UtilityProcess,
} from "electron";

/** As the service's: at once for who stands there with her badge, slower for a process that keeps dying. */
const BACKOFF_MS = [250, 1_000, 2_000, 5_000, 15_000, 30_000] as const;
const STEADY_MS = 60_000;
/** It ends itself by force a little later than it is asked; who does not is ended. */
const STOP_PATIENCE_MS = 3_000;

export interface BadgeEvents {
  /**
   * A port that leads to a badge process, for the service. It closes when that process dies; a new process comes with a new
   * port.
   */
  connect(port: MessagePortMain): void;
}

/** Forks the badge process and keeps one running until `stop`. */
export function keepBadge(entry: string, events: BadgeEvents) {
  let child: UtilityProcess | null = null;
  let failures = 0;
  let stopping = false;

  function connect(): void {
    if (child === null) return;
    const { port1, port2 } = new MessageChannelMain();
    child.postMessage(null, [port1]);
    events.connect(port2);
  }

  function run(): void {
    const mine = utilityProcess.fork(entry, [], { serviceName: "Amanah badge", stdio: "inherit" });
    const startedAt = performance.now();
    child = mine;
    mine.once("exit", () => {
      child = null;
      if (stopping) return;
      failures = performance.now() - startedAt > STEADY_MS ? 0 : failures + 1;
      setTimeout(
        () => {
          if (!stopping) run();
        },
        BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)],
      );
    });
    connect();
  }
  run();

  return {
    /** Another port to the process that runs, for a service that started anew; the ports before it go silent. */
    reconnect: connect,
    /** Resolves when the process has ended. */
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
        ending.postMessage({ kind: "stop" });
      });
    },
  };
}
