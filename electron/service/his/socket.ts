import { WebSocket } from "undici";
import type { Dispatcher } from "undici";

/** A websocket to the HIS that carries short lines of text. */
export interface HisSocket {
  send(line: string): void;
  close(): void;
}

export interface SocketEars {
  opened(): void;
  heard(line: string): void;
  /** Once, for whatever reason; nothing comes afterwards. */
  closed(): void;
}

export type OpenSocket = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  ears: SocketEars,
) => HisSocket;

/** What is longer is no nudge: a HIS has nothing else to say here. */
const LONGEST_LINE = 256;

/** Websockets over the hospital's own trust: `dispatcher` verifies certificates as it does for every other request. */
export function socketsOver(dispatcher: Dispatcher): OpenSocket {
  return (url, headers, ears) => {
    const socket = new WebSocket(url, { dispatcher, headers: { ...headers } });
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      ears.closed();
    };
    socket.addEventListener("open", () => ears.opened());
    socket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
      if (typeof data === "string" && data.length <= LONGEST_LINE) ears.heard(data);
      else socket.close();
    });
    socket.addEventListener("error", end);
    socket.addEventListener("close", end);
    return {
      send: (line) => socket.send(line),
      close: () => socket.close(),
    };
  };
}
