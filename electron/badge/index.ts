import { setTimeout as sleep } from "node:timers/promises";
import { ToBadge, type FromBadge } from "../../shared/badge.ts";
import { startBadge } from "./badge.ts";
import { loadPcsc } from "./pcsc-library.ts";
import { absentPcsc, type Pcsc } from "./pcsc.ts";
import { serveBadge } from "./serve.ts";

/** A port as Electron's utilityProcess gives it (`MessagePortMain`). */
interface ShellPort {
  on(event: "message", listener: (event: { data: unknown }) => void): void;
  postMessage(message: FromBadge): void;
  start(): void;
}
interface ParentPort {
  on(event: "message", listener: (event: { data: unknown; ports: ShellPort[] }) => void): void;
}

/** Time for the last words to leave: neither kind of channel says when they have. */
const LAST_WORDS_MS = 100;
const STOP_MS = 1_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;

function pcscHere(): Pcsc {
  try {
    return loadPcsc(process.platform, now);
  } catch {
    return absentPcsc();
  }
}

/** Node waits at its exit for threads that hang in a reader's driver: then only force ends it. */
async function end(): Promise<never> {
  await sleep(LAST_WORDS_MS);
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

const badge = startBadge(pcscHere(), now, () => void end());
const stop = () => void Promise.race([badge.stop(), sleep(STOP_MS)]).then(end);

const parent = (process as { parentPort?: ParentPort }).parentPort;
if (parent !== undefined) {
  // A new service gets a new port, and the last one that came is the one served.
  parent.on("message", ({ data, ports: [port] }) => {
    if (port === undefined) {
      if (ToBadge.parse(data).kind === "stop") stop();
      return;
    }
    serveBadge(
      badge,
      {
        send: (message) => port.postMessage(message),
        onMessage: (listener) => port.on("message", (event) => listener(event.data)),
      },
      stop,
    );
    port.start();
  });
} else if (process.send !== undefined) {
  process.on("disconnect", stop);
  serveBadge(
    badge,
    {
      send: (message) => process.connected && process.send?.(message),
      onMessage: (listener) => process.on("message", listener),
    },
    stop,
  );
} else throw new Error("The badge process is forked by a shell.");
