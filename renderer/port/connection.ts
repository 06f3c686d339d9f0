import type { ServiceClient } from "./client.ts";

/** The page's one connection to the service. */
export interface PortConnection {
  readonly client: ServiceClient;
  /** True in the preview shell: a development tool, to be marked on screen. */
  readonly preview: boolean;
  /** Called once when the connection is gone for a reason that does not replace the page; at once if it is gone already. */
  onClosed(listener: () => void): void;
}

export type NoPortReason =
  /** Preview: opened without a link, or with one that was used before. */
  | "no-link"
  /** Preview: the service took the page over in another tab. */
  | "taken"
  /** Nobody answered. */
  | "unreachable";

/** There is no connection; `why` says what the person at the screen can do about it. */
export class NoPort extends Error {
  override readonly name = "NoPort";
  readonly why: NoPortReason;
  constructor(why: NoPortReason) {
    super(`No connection to the service: ${why}`);
    this.why = why;
  }
}

export function connection(
  client: ServiceClient,
  preview: boolean,
  closed: AbortSignal,
): PortConnection {
  return {
    client,
    preview,
    onClosed(listener) {
      if (closed.aborted) listener();
      else closed.addEventListener("abort", listener, { once: true });
    },
  };
}
