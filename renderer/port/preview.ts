import { RPCLink } from "@orpc/client/websocket";
import {
  CLOSED_BY_LOCK,
  CLOSED_BY_NEWER_PAGE,
  LOCKED_FRAME,
  PREVIEW_PROTOCOL,
  PREVIEW_SOCKET,
} from "../../shared/shell-names.ts";
import { answersChecked } from "./checked.ts";
import { createServiceClient } from "./client.ts";
import { connection, NoPort, type PortConnection } from "./connection.ts";
import { onceDrawn } from "./screen.ts";

const NEXT_TOKEN = "amanah.preview.next";

/**
 * Preview: opens the WebSocket with the single-use token of the link (first document of a tab) or with the one that the
 * document before it was given (reload, or a page replaced at lock). Rejects with {@link NoPort}.
 */
export async function connectPreview(): Promise<PortConnection> {
  const token = takeToken();
  // A fresh link that is opened in this very tab differs behind its # only: by itself the browser would load nothing.
  window.addEventListener("hashchange", () => window.location.reload(), { once: true });
  if (token === null) throw new NoPort("no-link");
  const socket = new WebSocket(new URL(PREVIEW_SOCKET, window.location.href), [
    PREVIEW_PROTOCOL,
    token,
  ]);
  const hello = await new Promise<Hello>((resolve, reject) => {
    socket.addEventListener(
      "message",
      (event) => {
        const said = helloIn(event.data);
        if (said === null) reject(new NoPort("unreachable"));
        else resolve(said);
      },
      { once: true },
    );
    socket.addEventListener("close", () => reject(new NoPort("no-link")), { once: true });
  });
  sessionStorage.setItem(NEXT_TOKEN, hello.next);
  const closed = new AbortController();
  const lock = (): void => {
    if (closed.signal.aborted) return;
    closed.abort("locked");
    // A new document, never this one's remains: nothing that was on screen stays in the page's memory after a lock.
    if (!hello.driven) replacePage();
  };
  // Before the link's own listener, which would take it for an answer.
  socket.addEventListener("message", (event) => {
    if (event.data !== LOCKED_FRAME) return;
    event.stopImmediatePropagation();
    lock();
  });
  socket.addEventListener("close", (event) => {
    if (event.code === CLOSED_BY_LOCK) lock();
    else if (event.code === CLOSED_BY_NEWER_PAGE) {
      sessionStorage.removeItem(NEXT_TOKEN);
      closed.abort("taken");
    } else closed.abort("lost");
  });
  return connection(
    createServiceClient(new RPCLink({ websocket: socket, ...answersChecked() }), closed.signal),
    true,
    closed.signal,
  );
}

/** The token is taken out of the address bar and out of storage before it is used. */
function takeToken(): string | null {
  const inLink = window.location.hash.slice(1);
  const kept = sessionStorage.getItem(NEXT_TOKEN);
  sessionStorage.removeItem(NEXT_TOKEN);
  if (inLink !== "")
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return inLink === "" ? kept : inLink;
}

/** The server's first frame. */
interface Hello {
  /** What the next document of this tab may come back with. */
  readonly next: string;
  /** Whoever drives this browser ends the page's process and shows another page: this one covers itself and waits for it. */
  readonly driven: boolean;
}

function helloIn(frame: unknown): Hello | null {
  if (typeof frame !== "string") return null;
  const said: unknown = JSON.parse(frame);
  if (typeof said !== "object" || said === null) return null;
  const { next, driven } = said as Partial<Record<keyof Hello, unknown>>;
  return typeof next === "string" && typeof driven === "boolean" ? { next, driven } : null;
}

/**
 * The turn in the address makes the server change the page's isolation, so that the browser takes a new process. The cover
 * is drawn first: what a browser leaves on screen while the next document loads is the last frame of this one.
 */
function replacePage(): void {
  const turn = new URLSearchParams(window.location.search).get("turn") === "1" ? "0" : "1";
  onceDrawn(() => window.location.replace(`${window.location.pathname}?turn=${turn}`));
}
