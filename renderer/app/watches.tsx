import { type ReactNode, useEffect } from "react";
import { watchActivity } from "./activity.ts";
import { useClock } from "./clock.tsx";
import { watchCopies } from "./copied.ts";
import { useService } from "./service.tsx";
import { watchWedge } from "./wedge-watch.ts";

/** Tells the session that somebody is here. */
export function ActivityWatch(): ReactNode {
  const clock = useClock();
  const { client } = useService();
  useEffect(
    () =>
      watchActivity(window, clock, () => {
        client.session.activity().catch(() => undefined);
      }),
    [client, clock],
  );
  return null;
}

/** Hears a keyboard-wedge reader, where one is in use: a tap names, and locks. */
export function WedgeWatch(): ReactNode {
  const { client, status, take } = useService();
  const { wedge } = status.session.badge;
  useEffect(() => {
    if (!wedge) return undefined;
    return watchWedge(
      window,
      () => document.activeElement,
      (code) => {
        client.session.wedge({ code }).then(take, () => undefined);
      },
    );
  }, [client, take, wedge]);
  return null;
}

/** Tells what was copied out of the record, so that a lock clears the clipboard of it. */
export function CopyWatch(): ReactNode {
  const { client } = useService();
  useEffect(
    () =>
      watchCopies(document, crypto.subtle, (digest) => {
        client.session.copied({ digest }).catch(() => undefined);
      }),
    [client],
  );
  return null;
}
