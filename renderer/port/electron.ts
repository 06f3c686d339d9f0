import { RPCLink } from "@orpc/client/message-port";
import { PAGE_ASKS, PAGE_GETS } from "../../shared/shell-names.ts";
import { answersChecked } from "./checked.ts";
import { createServiceClient } from "./client.ts";
import { connection, NoPort, type PortConnection } from "./connection.ts";

/** How long main may take to hand the port over. It answers in milliseconds, or its service is restarting. */
const PATIENCE_MS = 15_000;

/** Electron: asks the preload script for the page's one port. Rejects with {@link NoPort}. */
export async function connectElectron(): Promise<PortConnection> {
  const port = await new Promise<MessagePort>((resolve, reject) => {
    const done = new AbortController();
    const timer = setTimeout(() => {
      done.abort();
      reject(new NoPort("unreachable"));
    }, PATIENCE_MS);
    window.addEventListener(
      "message",
      (event) => {
        // SECURITY: P4. Only this window's own preload script can be both its source and its origin.
        if (event.source !== window || event.origin !== window.location.origin) return;
        const [handed] = event.ports;
        if (event.data !== PAGE_GETS || handed === undefined) return;
        clearTimeout(timer);
        done.abort();
        resolve(handed);
      },
      { signal: done.signal },
    );
    window.postMessage(PAGE_ASKS, window.location.origin);
  });
  const closed = new AbortController();
  port.addEventListener("close", () => closed.abort());
  const client = createServiceClient(new RPCLink({ port, ...answersChecked() }), closed.signal);
  port.start();
  return connection(client, false, closed.signal);
}
