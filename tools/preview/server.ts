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
  LOCKED_FRAME,
  PREVIEW_PROTOCOL,
  PREVIEW_SOCKET,
} from "../../shared/shell.ts";
import { createTokens } from "./tokens.ts";

export interface PreviewOptions {
  readonly service: Service;
  /** The built page. */
  readonly pageRoot: string;
  readonly port: number;
  /** The browser is ours (`driven.ts`): a page is not asked to replace itself at a lock, but ended from outside. */
  readonly driven?: boolean;
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
        response.writeHead(file.status, { ...file.headers, ...isolation(url) });
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
    sockets.handleUpgrade(request, socket, head, (page) => seatPage(page, socket));
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
  function seatPage(socket: WebSocket, connection: Socket): void {
    const seated = seat.take(() => {
      if (locking) {
        socket.send(LOCKED_FRAME);
        socket.close(CLOSED_BY_LOCK, "locked");
      } else socket.close(CLOSED_BY_NEWER_PAGE, "opened elsewhere");
      // A browser tells its page when the connection ends, not when the frame comes: it must not wait for our next turn.
      connection.end();
    });
    socket.on("close", () => seated.leave());
    socket.on("error", () => socket.terminate());
    // The first frame, before any answer: what the next document of this tab may come back with.
    socket.send(JSON.stringify({ next: tokens.issue("next"), driven: options.driven === true }));
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

/**
 * The policies change with each page that replaces another, so that the browser takes a new process for it and ends the
 * old one. An opener policy alone gives a new browsing context group in the same process (Chromium 156); a page that is
 * cross-origin isolated and one that is not never share one.
 */
function isolation(url: URL): Record<string, string> {
  return url.searchParams.get("turn") === "1"
    ? {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      }
    : { "cross-origin-opener-policy": "same-origin-allow-popups" };
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
