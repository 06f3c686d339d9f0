import "./small-heaps.ts";
import { RPCHandler } from "@orpc/server/message-port";
import { FromBadge, readyForRemovals } from "../../shared/badge.ts";
import { FromService, ToService } from "../../shared/shell.ts";
import type { Context } from "@orpc/server";
import { startService } from "./compose.ts";
import { createPageSeat } from "./one-page.ts";
import type { BadgeChannel, Service } from "./service.ts";

/** A port as Electron's utilityProcess gives it (`MessagePortMain`). */
interface ShellPort {
  on(event: "message", listener: (event: { data: unknown }) => void): void;
  on(event: "close", listener: () => void): void;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}
interface ParentPort {
  on(event: "message", listener: (event: { data: unknown; ports: ShellPort[] }) => void): void;
  postMessage(message: FromService): void;
}

const parent = (process as { parentPort?: ParentPort }).parentPort;
if (parent === undefined)
  throw new Error("The service's entry runs as Electron's utilityProcess only.");
const tell = (message: FromService) => parent.postMessage(FromService.parse(message));

type Started = {
  service: Service;
  handler: RPCHandler<Context>;
  seat: ReturnType<typeof createPageSeat>;
};
let starting: Promise<Started> | null = null;

async function start(options: Extract<ToService, { kind: "start" }>): Promise<Started> {
  const { dataDir, policyFile, version } = options;
  const service = await startService({
    dataDir,
    policyFile,
    preview: false,
    version,
    openBrowser: (url) => tell({ kind: "open-browser", url }),
  });
  const seat = createPageSeat(service);
  service.onLock((reason, copied) => {
    tell({ kind: "lock", reason, copied });
    seat.dismiss();
  });
  tell({ kind: "ready", ...service.wishes() });
  return { service, handler: new RPCHandler(service.router), seat };
}

function seatPage({ handler, seat }: Started, port: ShellPort): void {
  const seated = seat.take(() => port.close());
  port.on("close", () => seated.leave());
  handler.upgrade(port, { context: {} });
  port.start();
}

function badgeChannel(port: ShellPort): BadgeChannel {
  readyForRemovals();
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on("message", ({ data }) => {
        // SECURITY: P4. What does not fit is a fault of the other process, and a faulty reader shows nobody's presence.
        const message = FromBadge.safeParse(data);
        if (message.success) listener(message.data);
        else port.close();
      });
      port.start();
    },
    onClose: (listener) => port.on("close", listener),
  };
}

async function obey(message: ToService, ports: readonly ShellPort[]): Promise<void> {
  if (message.kind === "start") {
    starting ??= start(message);
    await starting;
    return;
  }
  if (starting === null) return;
  const started = await starting;
  switch (message.kind) {
    case "connect": {
      const [port] = ports;
      if (port !== undefined) seatPage(started, port);
      return;
    }
    case "badge": {
      const [port] = ports;
      if (port !== undefined) started.service.badge(badgeChannel(port));
      return;
    }
    case "os":
      started.service.osEvent(message.event);
      return;
    case "idle":
      started.service.osIdle(message.seconds);
      return;
    case "page-lost":
      started.service.pageLost();
      return;
    case "stop":
      await started.service.stop();
      tell({ kind: "stopped" });
      process.exit(0);
  }
}

parent.on("message", ({ data, ports }) => {
  // SECURITY: P4. What does not fit the schema is not obeyed; main and service are built together, so this is a fault.
  const message = ToService.safeParse(data);
  if (!message.success) throw new Error("The shell sent what the service does not know.");
  obey(message.data, ports).catch((error: unknown) => {
    tell({ kind: "failed", detail: error instanceof Error ? error.message : "unknown" });
    process.exit(1);
  });
});
