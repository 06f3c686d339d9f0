import type { FromBadge, ToBadge } from "../../shared/badge.ts";
import { createCardTalk } from "./card-talk.ts";
import { createPresences } from "./presences.ts";
import type { Pcsc } from "./pcsc.ts";
import { watchReaders } from "./watch.ts";

export interface Badge {
  /** Tells `listener` how things stand and everything from now on, in place of whoever listened before. */
  tell(listener: (message: FromBadge) => void): void;
  prove(request: Extract<ToBadge, { kind: "prove" }>): Promise<FromBadge>;
  /** Resolves when the watch has come to its end. */
  stop(): Promise<void>;
}

/**
 * Watches the readers of this machine. `onHung` is told, after the last `card-out`, that a call hangs for good: only a
 * new process helps.
 */
export function startBadge(pcsc: Pcsc, now: () => number, onHung: () => void): Badge {
  let listener: (message: FromBadge) => void = () => {};
  let watch: Extract<FromBadge, { kind: "watch" }> | null = null;
  const stopping = new AbortController();
  const presences = createPresences(createCardTalk(pcsc), now, (message) => listener(message));
  const watching = watchReaders(
    pcsc,
    {
      cardIn: presences.enter,
      cardOut: presences.leave,
      allOut: presences.leaveAll,
      watch(message) {
        if (JSON.stringify(message) === JSON.stringify(watch)) return;
        watch = message;
        listener(message);
      },
    },
    now,
    stopping.signal,
  ).catch(() => onHung());

  return {
    tell(next) {
      listener = next;
      if (watch !== null) next(watch);
      for (const card of presences.told()) next(card);
    },
    prove: ({ id, presence, challenge }) =>
      presences.prove({ id, presence, challenge: Buffer.from(challenge, "base64") }),
    stop() {
      stopping.abort();
      return watching;
    },
  };
}
