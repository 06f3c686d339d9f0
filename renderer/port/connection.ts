import type { ServiceClient } from "./client.ts";
import { hideAll, onceDrawn, showAll } from "./screen.ts";

/** The page's one connection to the service. */
export interface PortConnection {
  readonly client: ServiceClient;
  /** True in the preview shell: a development tool, to be marked on screen. */
  readonly preview: boolean;
  /**
   * Called once when the connection is gone and nothing of the document is on screen any more. When the listener returns, the
   * document is shown again: until then it must have taken out of it what nobody may see now.
   */
  onClosed(listener: (why: ClosedReason) => void): void;
}

/** `locked`: this page is about to be replaced; until then it is covered. `taken`: another tab of the preview took over. */
export type ClosedReason = "locked" | "lost" | "taken";

export type NoPortReason =
  /** Preview: opened without a link, or with one that was used before. */
  | "no-link"
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
  closed.addEventListener("abort", hideAll, { once: true });
  return {
    client,
    preview,
    onClosed(listener) {
      const tell = () => {
        const why: unknown = closed.reason;
        listener(why === "taken" || why === "locked" ? why : "lost");
        showAll();
      };
      if (closed.aborted) tell();
      else closed.addEventListener("abort", () => onceDrawn(tell), { once: true });
    },
  };
}
