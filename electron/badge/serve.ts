import { FromBadge, readyForRemovals, ToBadge } from "../../shared/badge.ts";
import type { Badge } from "./badge.ts";

/** A way to the service: Electron's port, or Node's IPC. */
export interface BadgeChannel {
  send(message: FromBadge): void;
  onMessage(listener: (data: unknown) => void): void;
}

/** Serves whoever is at the other end of `channel`. `stop` is called when he asks for the end. */
export function serveBadge(badge: Badge, channel: BadgeChannel, stop: () => void): void {
  readyForRemovals();
  const send = (message: FromBadge) => channel.send(FromBadge.parse(message));
  channel.onMessage((data) => {
    // SECURITY: P4. What does not fit the schema is not obeyed; both ends are built together, so this is a fault.
    const message = ToBadge.parse(data);
    if (message.kind === "stop") stop();
    else void badge.prove(message).then(send);
  });
  badge.tell(send);
}
