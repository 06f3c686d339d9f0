import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer, type WebSocket } from "ws";
import { readPageFile } from "../../electron/main/page-files.ts";
import { createPageSeat } from "../../electron/service/one-page.ts";
import type { Service } from "../../electron/service/service.ts";
import {
  CLOSED_BY_LOCK,
  CLOSED_BY_NEWER_PAGE,
  contentSecurityPolicy,
  PREVIEW_PROTOCOL,
  PREVIEW_SOCKET,
} from "../../shared/shell.ts";
import { createTokens } from "./tokens.ts";

export interface PreviewOptions {
  readonly service: Service;
  /** The built page. */
  readonly pageRoot: string;
  readonly port: number;
}

export interface Preview {
  /** Opens the page once; the token is in the fragment, which no server or log sees. */
  readonly link: string;
  readonly port: number;
  /** A fresh link: the one before, if still unused, no longer opens. */
  renewLink(): string;
  close(): Promise<void>;
}

/**
 * The preview shell: serves the page on loopback and connects it to the service by WebSocket. Throws `EADDRINUSE` when
 * the port is taken.
 *
 * SECURITY: P4. A development tool, never packaged: it listens on 127.0.0.1 only, answers to its own Host and Origin only
 * (so no website reaches it by DNS rebinding) and takes a page only with a token it has issued, once.
 */
export async function startPreview(options: PreviewOptions): Promise<Preview> {
  const { service, pageRoot } = options;
  const handler = new RPCHandler(service.router);
  const seat = createPageSeat(service);
  const tokens = createTokens();
  const http = createServer();
  await listen(http, options.port);
  const { port } = http.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;

  http.on("request", (request, response) => {
    const url = new URL(request.url ?? "/", origin);
    if (request.headers.host !== host || request.method !== "GET") {
      response.writeHead(403).end();
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    void readPageFile(pageRoot, url.pathname, nonce, contentSecurityPolicy(nonce, "'self'")).then(
      (file) => {
        response.writeHead(file.status, { ...file.headers, ...openerPolicy(url) });
        response.end(file.body);
      },
    );
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1 << 20,
    perMessageDeflate: false,
    handleProtocols: () => PREVIEW_PROTOCOL,
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!admits(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, seatPage);
  });

  function admits(request: IncomingMessage): boolean {
    const [name, token] = (request.headers["sec-websocket-protocol"] ?? "")
      .split(",")
      .map((part) => part.trim());
    const ours =
      request.headers.host === host &&
      request.headers.origin === origin &&
      request.url === PREVIEW_SOCKET;
    return ours && name === PREVIEW_PROTOCOL && token !== undefined && tokens.use(token);
  }

  let locking = false;
  function seatPage(socket: WebSocket): void {
    const seated = seat.take(() =>
      locking
        ? socket.close(CLOSED_BY_LOCK, "locked")
        : socket.close(CLOSED_BY_NEWER_PAGE, "opened elsewhere"),
    );
    socket.on("close", () => seated.leave());
    socket.on("error", () => socket.terminate());
    // The first frame, before any answer: what the next document of this tab may come back with.
    socket.send(JSON.stringify({ next: tokens.issue("next") }));
    void handler.upgrade(socket, { context: {} });
  }

  service.onLock(() => {
    locking = true;
    seat.dismiss();
    locking = false;
  });

  const renewLink = (): string => `${origin}/#${tokens.issue("link")}`;
  return {
    link: renewLink(),
    port,
    renewLink,
    async close() {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** The policy changes with each page that replaces another: the browser then takes a new process for it. */
function openerPolicy(url: URL): Record<string, string> {
  const even = url.searchParams.get("turn") === "1";
  return { "cross-origin-opener-policy": even ? "same-origin" : "same-origin-allow-popups" };
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", () => {
      http.off("error", reject);
      resolve();
    });
  });
}
